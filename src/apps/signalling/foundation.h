#pragma once

#include "apps/deployment/deployment.h"
#include "machines/subscription/notifier.h"
#include "roles/contacts/settings.h"
#include "roles/presence/settings.h"
#include "roles/provisioning/settings.h"
#include "roles/registrar/settings.h"
#include "roles/router/house.h"
#include "sipstack/next_hop/next_hop.h"
#include "sipstack/proxy/proxy.h"
#include "sipstack/stack.h"
#include "sipstack/subscriptions/subscriptions.h"
#include "store/contacts.h"
#include "store/users.h"

namespace lyceum::apps::signalling {

/// What all shards' front ends are made from. Outlives them.
struct foundation {
    sipstack::stack_settings stack;
    sipstack::proxy_settings proxy;
    sipstack::next_hop_settings next_hop;
    roles::registrar::settings registrar;
    roles::contacts::settings contact_lists;
    roles::presence::settings presence;
    roles::provisioning::settings provisioning;
    subscription::settings subscriptions;
    sipstack::subscription_limits subscription_limits;
    roles::router::house home;
    credentials::verifier& verifier;
    store::users& users;
    store::contacts& contacts;
};

/// As a deployment has it. The references outlive the foundation.
[[nodiscard]] foundation foundation_of(const deployment::deployment&,
                                       credentials::verifier&,
                                       store::users&,
                                       store::contacts&);

} // namespace lyceum::apps::signalling
