// The whole server: octets of connections in, machines, octets out. An input is a play:
//
//     @@ WHO HOW [NUMBER]      and, up to the next line of that kind, what is said
//
// alice and bob are signed in. WHO HOW is one of
//     alice send          the message, signed with her keys
//     alice raw 7         the octets as they are, in pieces of 7
//     alice answer 200    to the last request that she heard; with these header lines, this body
//     alice again         leaves and signs in anew
//     alice leave
//     bob ...             the same
//     stranger raw 7      octets by one who has proven nothing; stranger again, stranger leave
//     gateway udp         a datagram of the trusted gateway
//     gateway tcp 7       octets of its connection; gateway answer 200, gateway leave
//     time 500            so many milliseconds pass
// $TAG, $CONTACT, $BRANCH and $CALL are what WHO last heard.

#include "apps/signalling/fuzz/player.h"
#include "base/text.h"
#include "protocol/sip/address.h"

using namespace lyceum;
using namespace lyceum::apps::signalling::fuzz;

namespace {

constexpr std::size_t most_scenes = 24;

struct scene {
    std::string_view who;
    std::string_view how;
    std::size_t number = 0;
    std::string_view said;
};

std::vector<scene> read_play(std::string_view text) {
    std::vector<scene> out;
    constexpr std::string_view mark = "@@ ";
    for (auto at = text.starts_with(mark) ? 0 : text.find("\n@@ ");
         at != std::string_view::npos && out.size() < most_scenes;
         at = text.find("\n@@ ")) {
        text.remove_prefix(text[at] == '\n' ? at + 1 : at);
        auto line = text.substr(mark.size(), text.find('\n') - mark.size());
        text.remove_prefix(std::min(text.find('\n'), text.size()));
        scene s;
        line = trim(line);
        s.who = split_first(line, ' ');
        s.how = split_first(line, ' ');
        s.number = to_u32(line).value_or(0);
        const auto said = text.substr(std::min<std::size_t>(1, text.size()));
        const auto end = text.find("\n@@ ");
        s.said = end == std::string_view::npos ? said : said.substr(0, end);
        out.push_back(s);
    }
    return out;
}

/// What one of them heard, put in the place of what stands for it.
std::string filled(std::string_view text, const player& p) {
    std::string out(text);
    const auto put = [&](std::string_view word, std::string_view by) {
        for (auto at = out.find(word); at != std::string::npos; at = out.find(word, at + by.size()))
            out.replace(at, word.size(), by);
    };
    const auto& last = p.response ? p.response : p.request;
    if (last && out.contains('$')) {
        const auto contact = sip::parse_address(last->first(sip::header::contact));
        put("$TAG", last->to_tag());
        put("$CONTACT", contact ? contact->uri : std::string_view{});
        put("$CALL", last->call_id());
        if (const auto via = sip::parse_via(last->first(sip::header::via)))
            put("$BRANCH", via->branch());
    }
    return out;
}

class stage {
public:
    void play(const std::vector<scene>& scenes) {
        alice_.sign_in();
        bob_.sign_in();
        stranger_.connect(net::transport::tls);
        gateway_.connect(net::transport::tcp);
        for (auto* c : {&alice_, &bob_})
            c->may_come = [this](const sip::message& m) { return may_come(m); };
        house_.world.run_for(10ms);
        for (const auto& s : scenes) {
            act(s);
            house_.world.run_for(20ms);
        }
        house_.world.run_for(1s);
        for (player* p : std::initializer_list<player*>{&alice_, &bob_, &stranger_, &gateway_})
            p->leave();
        house_.require_empty();
    }

private:
    /// Nobody hears a word of somebody who has not spoken: of alice what alice signed, or the house
    /// says in her name.
    [[nodiscard]] bool may_come(const sip::message& m) const {
        const auto from = sip::parse_address(m.value(sip::header::from));
        if (!from) return false;
        const auto user = sip::aor::from(from->uri);
        if (m.method_name() == "NOTIFY" || m.method_name() == "BENOTIFY" ||
            m.method_name() == "CANCEL")
            return true; // the house notifies, and cancels
        if (user && user->text() == "sip:alice@contoso.test") return alice_.has_signed;
        if (user && user->text() == "sip:bob@contoso.test") return bob_.has_signed;
        return gateway_spoke_;
    }

    void act(const scene& s) {
        if (s.who == "time") {
            house_.world.run_for(
                std::chrono::milliseconds(std::min<std::size_t>(s.number, 600000)));
        } else if (s.who == "alice") {
            act_as(alice_, s);
        } else if (s.who == "bob") {
            act_as(bob_, s);
        } else if (s.who == "stranger") {
            if (s.how == "again" || s.how == "leave") stranger_.leave();
            house_.world.run_for(10ms);
            if (s.how == "again") stranger_.connect(net::transport::tls);
            if (s.how == "raw") stranger_.send(filled(s.said, stranger_), s.number);
        } else if (s.who == "gateway") {
            gateway_spoke_ = true;
            if (s.how == "udp") gateway_.send_datagram(filled(s.said, gateway_));
            if (s.how == "tcp") gateway_.send(filled(s.said, gateway_), s.number);
            if (s.how == "leave") gateway_.leave();
            if (s.how == "answer") {
                if (const auto m = answer_of(gateway_, s)) {
                    gateway_.send(m->text());
                    gateway_.send_datagram(m->text());
                }
            }
        }
    }

    void act_as(client& c, const scene& s) {
        if (s.how == "send") {
            const auto text = filled(s.said, c);
            c.has_signed = true;
            if (auto m = sip::message::parse(text)) {
                c.send_signed(*std::move(m));
            } else {
                c.send(text, s.number);
            }
        } else if (s.how == "raw") {
            // It has no keys for this; but a response needs none to be relayed if its flow is
            // known.
            c.send(filled(s.said, c), s.number);
        } else if (s.how == "answer") {
            c.has_signed = true;
            if (auto m = answer_of(c, s)) c.send_signed(*std::move(m));
        } else if (s.how == "again" || s.how == "leave") {
            c.leave();
            house_.world.run_for(10ms);
            if (s.how == "again") c.sign_in();
        }
    }

    static std::optional<sip::message> answer_of(const player& p, const scene& s) {
        if (!p.request || s.number < 100 || s.number > 699) return std::nullopt;
        auto m = sip::make_response(*p.request, static_cast<int>(s.number), {}, "tag");
        for (const auto v : p.request->values(sip::header::record_route))
            m.append(sip::header::record_route, v);
        const auto more = sip::message::parse("SIP/2.0 200 OK\r\n" + filled(s.said, p));
        if (!more) return m;
        for (const auto& f : more->fields())
            m.append(more->name(f), more->value(f));
        if (!more->body().empty()) m.set_body({}, more->body());
        return m;
    }

    small_house house_;
    client alice_{house_, "alice", "10.0.1.1"};
    client bob_{house_, "bob", "10.0.1.2"};
    stranger stranger_{house_, "10.0.1.3"};
    player gateway_{house_, gateway_address};
    bool gateway_spoke_ = false;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto scenes = read_play({reinterpret_cast<const char*>(data), size});
    if (scenes.empty()) return 0;
    stage().play(scenes);
    return 0;
}
