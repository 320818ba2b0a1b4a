#pragma once

#include "base/instant.h"
#include "machines/user_agent/notices.h"

#include <memory>
#include <string>
#include <vector>

namespace lyceum::apps::client {

/// Where events go: lines for people, or one JSON object a line for scripts; standard output.
class teller {
public:
    virtual ~teller() = default;

    virtual void tell(const user_agent::action&) = 0;

    /// An event of the program's own.
    struct field {
        std::string name;
        std::string value;
    };
    /// event: its name for scripts, which never changes: not_connected.
    /// sentence: for people, instead of the name and the fields' values.
    virtual void tell(const std::string& event,
                      const std::vector<field>& = {},
                      const std::string& sentence = {}) = 0;
};

/// wall: asked for each line's time.
[[nodiscard]] std::unique_ptr<teller> make_text_teller(wall_instant (*wall)());
[[nodiscard]] std::unique_ptr<teller> make_json_teller(wall_instant (*wall)());

/// The name of a notice in JSON events, which `script` can wait for: signed_in, im_received...
[[nodiscard]] std::string name_of(const user_agent::action&);

} // namespace lyceum::apps::client
