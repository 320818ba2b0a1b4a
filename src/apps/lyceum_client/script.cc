#include "apps/lyceum_client/profile.h"
#include "apps/lyceum_client/program.h"

#include <boost/json.hpp>

#include <deque>
#include <set>

namespace lyceum::apps::client {
namespace {

namespace json = boost::json;
namespace notice = user_agent::notice;
namespace wish = user_agent::wish;

/// The text of a member; empty when there is none.
std::string text_of(const json::object& o, std::string_view name) {
    const auto* v = o.if_contains(name);
    return v != nullptr && v->is_string() ? std::string(v->as_string()) : std::string();
}

std::optional<std::chrono::nanoseconds> seconds_of(const json::object& o) {
    const auto* v = o.if_contains("seconds");
    if (v == nullptr || !v->is_number()) return std::nullopt;
    const auto seconds = v->to_number<double>();
    if (!(seconds >= 0) || seconds > 1e6) return std::nullopt;
    return std::chrono::nanoseconds(static_cast<std::int64_t>(seconds * 1e9));
}

/// Does one command after the other; the first begins when we are signed in.
class script_program final : public program {
public:
    [[nodiscard]] bool wants_lines() const override { return true; }

    void on_line(stage& s, std::string&& line) override {
        commands_.push_back(std::move(line));
        go_on(s);
    }
    void on_input_end(stage& s) override {
        input_ended_ = true;
        go_on(s);
    }
    void on_notice(stage& s, const user_agent::action& a) override {
        s.out().tell(a);
        if (std::holds_alternative<notice::signed_in>(a)) signed_in_ = true;
        if (const auto* d = std::get_if<notice::delivered>(&a)) waiting_.erase(d->id);
        if (const auto* u = std::get_if<notice::undelivered>(&a)) {
            waiting_.erase(u->id);
            code_ = exit_code::undelivered;
        }
        if (expected_ == name_of(a)) {
            ++alarm_; // the one that is set means nothing any more
            expected_.clear();
            held_ = false;
        } else {
            seen_.insert(name_of(a));
        }
        go_on(s);
    }
    void on_alarm(stage& s, std::uint64_t id) override {
        if (id != alarm_) return;
        held_ = false;
        if (!expected_.empty()) {
            s.out().tell("not_seen", {{"expected", expected_}});
            expected_.clear();
            s.finish(exit_code::undelivered);
            return;
        }
        go_on(s);
    }

private:
    void go_on(stage& s) {
        while (signed_in_ && !held_ && !commands_.empty()) {
            const auto line = std::move(commands_.front());
            commands_.pop_front();
            if (!run(s, line)) {
                s.finish(exit_code::usage);
                return;
            }
        }
        if (input_ended_ && signed_in_ && !held_ && commands_.empty() && waiting_.empty())
            s.finish(code_);
    }

    bool run(stage& s, const std::string& line) {
        if (line.find_first_not_of(" \t") == std::string::npos) return true;
        boost::system::error_code error;
        const auto parsed = json::parse(line, error);
        if (error || !parsed.is_object()) return complain(s, line, "not a JSON object");
        const auto& o = parsed.as_object();
        const auto what = text_of(o, "do");
        if (what == "wait") {
            const auto span = seconds_of(o);
            if (!span) return complain(s, line, "wants \"seconds\"");
            hold(s, *span);
            return true;
        }
        if (what == "expect") return expect(s, o, line);
        seen_.clear();
        if (what == "refresh") return do_wish(s, wish::refresh{});
        if (what == "renew") return do_wish(s, wish::renew{});
        if (what == "sign-out") {
            commands_.clear();
            s.finish(code_);
            return true;
        }
        if (what != "im" && what != "page" && what != "typing" && what != "leave")
            return complain(s, line, "no such command");
        auto to = parse_user(text_of(o, "to"), s.self().host());
        if (!to) return complain(s, line, to.error());
        if (what == "typing") return do_wish(s, wish::type{*to});
        if (what == "leave") return do_wish(s, wish::leave{*to});
        const auto* text = o.if_contains("text");
        if (text == nullptr || !text->is_string()) return complain(s, line, "wants \"text\"");
        auto type = text_of(o, "content_type");
        if (type.empty()) type = "text/plain; charset=UTF-8";
        waiting_.insert(++last_);
        if (what == "im")
            return do_wish(s, wish::say{last_, *to, std::string(text->as_string()), type});
        return do_wish(s, wish::page{last_, *to, std::string(text->as_string()), type});
    }

    /// Goes on when such an event has come since the command before, or ends the script.
    bool expect(stage& s, const json::object& o, const std::string& line) {
        const auto event = text_of(o, "event");
        const auto span = seconds_of(o);
        if (event.empty() || !span) return complain(s, line, "wants \"event\" and \"seconds\"");
        if (const auto it = seen_.find(event); it != seen_.end()) {
            seen_.erase(it);
            return true;
        }
        expected_ = event;
        hold(s, *span);
        return true;
    }
    void hold(stage& s, std::chrono::nanoseconds span) {
        held_ = true;
        s.alarm(span, ++alarm_);
    }
    static bool do_wish(stage& s, user_agent::event e) {
        s.wish(std::move(e));
        return true;
    }
    static bool complain(stage& s, const std::string& line, const std::string& why) {
        s.out().tell("bad_command", {{"line", line}, {"why", why}});
        return false;
    }

    std::deque<std::string> commands_;
    std::set<user_agent::im_id> waiting_;
    std::multiset<std::string> seen_; ///< events since the last command that did something
    std::string expected_;
    user_agent::im_id last_ = 0;
    std::uint64_t alarm_ = 0;
    bool signed_in_ = false;
    bool held_ = false;
    bool input_ended_ = false;
    exit_code code_ = exit_code::ok;
};

} // namespace

std::unique_ptr<program> make_script() {
    return std::make_unique<script_program>();
}

} // namespace lyceum::apps::client
