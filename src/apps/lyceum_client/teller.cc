#include "apps/lyceum_client/teller.h"

#include "apps/lyceum_client/plain_text.h"
#include "apps/terminal/printable.h"
#include "base/overloaded.h"

#include <boost/json.hpp>

#include <cstdio>
#include <ctime>

namespace lyceum::apps::client {
namespace {

namespace notice = user_agent::notice;
namespace json = boost::json;

void print(std::string line) {
    line += '\n';
    std::fwrite(line.data(), 1, line.size(), stdout);
    std::fflush(stdout);
}

std::string number(std::int64_t n) {
    return std::to_string(n);
}

class text_teller final : public teller {
public:
    explicit text_teller(wall_instant (*wall)()) : wall_(wall) {}

    void tell(const user_agent::action& a) override {
        std::visit(
            overloaded{
                [](const notice::transmit&) {},
                [&](const notice::signed_in& n) {
                    if (n.anew) {
                        line("* signed in for " + number(n.expires.count()) + " s; endpoints: " +
                             number(static_cast<std::int64_t>(n.endpoints.size())));
                    }
                },
                [&](const notice::sign_in_failed& n) { line("* sign-in failed: " + n.why); },
                [&](const notice::signed_out& n) { line("* signed out: " + n.why); },
                [&](const notice::im_received& n) {
                    line(std::string(n.from.without_scheme()) + ": " +
                         plain_text(n.content_type, n.text));
                },
                [&](const notice::typing_received& n) {
                    if (n.typing) line("* " + std::string(n.from.without_scheme()) + " is typing");
                },
                [](const notice::delivered&) {},
                [&](const notice::undelivered& n) {
                    line("* not delivered to " + std::string(n.to.without_scheme()) + ": " + n.why);
                },
                [&](const notice::conversation_opened& n) {
                    line("* conversation with " + std::string(n.peer.without_scheme()));
                },
                [&](const notice::conversation_closed& n) {
                    line("* conversation with " + std::string(n.peer.without_scheme()) + " ended " +
                         n.why);
                },
                [&](const notice::answered& n) { line("* answered: " + n.why); },
                [](const notice::subscribed&) {},
                [](const notice::notified&) {},
                [&](const notice::subscription_ended& n) {
                    line("* a subscription ended: " + n.why);
                },
                [&](const notice::discarded& n) {
                    line("* the server's " + n.what + " was discarded: " + n.why);
                },
            },
            a);
    }
    void tell(const std::string& event,
              const std::vector<field>& fields,
              const std::string& sentence) override {
        std::string text = "* " + (sentence.empty() ? event : sentence);
        if (sentence.empty()) {
            for (const auto& f : fields)
                text += " " + f.value;
        }
        line(text);
    }

private:
    void line(const std::string& what) {
        const auto seconds =
            std::chrono::duration_cast<std::chrono::seconds>(wall_().time_since_epoch()).count();
        const std::time_t t = seconds;
        std::tm local{};
        ::localtime_r(&t, &local);
        char clock[16] = "";
        std::strftime(clock, sizeof clock, "[%H:%M] ", &local);
        print(clock + terminal::printable(what)); // reasons and names are others' words, too
    }
    wall_instant (*wall_)();
};

/// 2026-01-31T12:00:00.000Z
std::string utc(wall_instant t) {
    const auto ms = t.time_since_epoch().count();
    const std::time_t seconds = ms / 1000;
    std::tm when{};
    ::gmtime_r(&seconds, &when);
    char text[40] = "";
    const auto n = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &when);
    std::snprintf(text + n, sizeof text - n, ".%03dZ", static_cast<int>(ms % 1000));
    return text;
}

json::array endpoints_of(const std::vector<notice::live_endpoint>& all) {
    json::array out;
    for (const auto& e : all) {
        out.push_back({{"contact", e.contact},
                       {"instance", e.instance ? e.instance->text() : std::string()},
                       {"gruu", e.gruu},
                       {"expires", e.expires.count()},
                       {"this_one", e.is_us}});
    }
    return out;
}

json::object fields_of(const user_agent::action& a) {
    return std::visit(overloaded{
                          [](const notice::transmit&) { return json::object(); },
                          [](const notice::signed_in& n) {
                              return json::object{{"anew", n.anew},
                                                  {"expires", n.expires.count()},
                                                  {"endpoints", endpoints_of(n.endpoints)}};
                          },
                          [](const notice::sign_in_failed& n) {
                              return json::object{{"status", n.status}, {"why", n.why}};
                          },
                          [](const notice::signed_out& n) { return json::object{{"why", n.why}}; },
                          [](const notice::im_received& n) {
                              return json::object{{"from", n.from.text()},
                                                  {"content_type", n.content_type},
                                                  {"text", n.text},
                                                  {"paged", n.paged}};
                          },
                          [](const notice::typing_received& n) {
                              return json::object{{"from", n.from.text()}, {"typing", n.typing}};
                          },
                          [](const notice::delivered& n) {
                              return json::object{{"id", n.id}, {"to", n.to.text()}};
                          },
                          [](const notice::undelivered& n) {
                              return json::object{{"id", n.id},
                                                  {"to", n.to.text()},
                                                  {"status", n.status},
                                                  {"why", n.why}};
                          },
                          [](const notice::conversation_opened& n) {
                              return json::object{{"peer", n.peer.text()}, {"by_us", n.by_us}};
                          },
                          [](const notice::conversation_closed& n) {
                              return json::object{{"peer", n.peer.text()}, {"why", n.why}};
                          },
                          [](const notice::answered& n) {
                              return json::object{{"id", n.id},
                                                  {"status", n.status},
                                                  {"why", n.why},
                                                  {"content_type", n.content_type},
                                                  {"body", n.body}};
                          },
                          [](const notice::subscribed& n) {
                              return json::object{{"id", n.id}, {"expires", n.expires.count()}};
                          },
                          [](const notice::notified& n) {
                              return json::object{{"id", n.id},
                                                  {"of", n.event},
                                                  {"content_type", n.content_type},
                                                  {"body", n.body}};
                          },
                          [](const notice::subscription_ended& n) {
                              json::object o{{"id", n.id}, {"status", n.status}, {"why", n.why}};
                              if (n.retry_after) o["retry_after"] = n.retry_after->count();
                              return o;
                          },
                          [](const notice::discarded& n) {
                              return json::object{{"what", n.what}, {"why", n.why}};
                          },
                      },
                      a);
}

class json_teller final : public teller {
public:
    explicit json_teller(wall_instant (*wall)()) : wall_(wall) {}

    void tell(const user_agent::action& a) override { write(name_of(a), fields_of(a)); }
    void tell(const std::string& event,
              const std::vector<field>& fields,
              const std::string& /*sentence*/) override {
        json::object o;
        for (const auto& f : fields)
            o[f.name] = f.value;
        write(event, o);
    }

private:
    void write(const std::string& event, const json::object& fields) {
        json::object o{{"event", event}, {"time", utc(wall_())}};
        for (const auto& [name, value] : fields)
            o[name] = value;
        print(json::serialize(o));
    }
    wall_instant (*wall_)();
};

} // namespace

std::string name_of(const user_agent::action& a) {
    constexpr std::array names{"transmit",
                               "signed_in",
                               "sign_in_failed",
                               "signed_out",
                               "im_received",
                               "typing_received",
                               "delivered",
                               "undelivered",
                               "conversation_opened",
                               "conversation_closed",
                               "answered",
                               "subscribed",
                               "notified",
                               "subscription_ended",
                               "discarded"};
    static_assert(names.size() == std::variant_size_v<user_agent::action>);
    return names[a.index()];
}

std::unique_ptr<teller> make_text_teller(wall_instant (*wall)()) {
    return std::make_unique<text_teller>(wall);
}
std::unique_ptr<teller> make_json_teller(wall_instant (*wall)()) {
    return std::make_unique<json_teller>(wall);
}

} // namespace lyceum::apps::client
