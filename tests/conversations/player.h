#pragma once

#include "speaker.h"
#include "talk.h"

#include <map>

namespace lyceum::conversations {

/// Plays a conversation against the whole front end on virtual time.
class player {
public:
    player();

    /// Stops at the first line that does not come true; the text says what was expected and what
    /// came, with a difference where fields or a body are wrong.
    [[nodiscard]] std::optional<mistake> play(const std::vector<line>&);

private:
    using outcome = std::optional<std::string>; ///< what is wrong

    [[nodiscard]] outcome act(const line&);
    [[nodiscard]] outcome act_of_server(const line&);
    [[nodiscard]] outcome act_of_client(const line&, speaker&);
    [[nodiscard]] outcome declare(const line&);
    [[nodiscard]] outcome sign_in(speaker&);
    [[nodiscard]] outcome say(const line&, speaker&);
    [[nodiscard]] outcome expect(const line&, speaker&);
    [[nodiscard]] outcome expect_silence(const speaker&) const;
    [[nodiscard]] outcome end();
    [[nodiscard]] std::optional<sip::message>
    next(speaker&, std::string_view wanted, net::sim::world&, std::chrono::milliseconds);
    [[nodiscard]] std::string uri_of(const std::string& whom) const;

    net::sim::world world_{
        1,
        {.least_delay = std::chrono::milliseconds(2), .most_delay = std::chrono::milliseconds(2)}};
    simulation::server server_;
    std::map<std::string, std::unique_ptr<speaker>> clients_;
    std::map<std::string, std::set<std::string>> ignored_; ///< by client
};

} // namespace lyceum::conversations
