#pragma once

#include "directory/snapshot.h"
#include "roles/provisioning/answer.h"
#include "sipstack/dispatch/dispatch.h"
#include "sipstack/subscriptions/subscriptions.h"

namespace lyceum::roles::provisioning {

/// Answers the clients' requests for settings on one shard. Keeps nothing: every one is a fetch.
class provisioning_rim {
public:
    provisioning_rim(sipstack::stack&,
                     sipstack::dispatch&,
                     sipstack::subscriptions&,
                     const directory::snapshot&,
                     const settings&);

private:
    void on_subscribe(const sipstack::incoming&);

    sipstack::stack& stack_;
    sipstack::subscriptions& subscriptions_;
    const directory::snapshot& people_;
    settings settings_;
};

} // namespace lyceum::roles::provisioning
