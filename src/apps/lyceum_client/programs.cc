#include "apps/lyceum_client/program.h"
#include "base/text.h"

#include <cstdio>
#include <set>

namespace lyceum::apps::client {
namespace {

namespace notice = user_agent::notice;
namespace wish = user_agent::wish;

class sign_in_program final : public program {
public:
    void on_notice(stage& s, const user_agent::action& a) override { s.out().tell(a); }
    [[nodiscard]] bool stays() const override { return true; }
};

class chat_program final : public program {
public:
    explicit chat_program(sip::aor peer) : peer_(std::move(peer)) {}

    [[nodiscard]] bool wants_lines() const override { return true; }
    [[nodiscard]] bool stays() const override { return true; }

    void on_notice(stage& s, const user_agent::action& a) override {
        s.out().tell(a);
        if (std::holds_alternative<notice::signed_in>(a)) {
            signed_in_ = true;
            for (auto& line : std::exchange(early_, {}))
                say(s, std::move(line));
        }
        if (const auto* d = std::get_if<notice::delivered>(&a)) waiting_.erase(d->id);
        if (const auto* u = std::get_if<notice::undelivered>(&a)) {
            waiting_.erase(u->id);
            failed_ = true;
        }
        end_if_done(s);
    }
    void on_line(stage& s, std::string&& line) override {
        if (trim(line).empty()) return;
        if (trim(line) == "/quit") {
            ended_ = true;
            waiting_.clear();
            early_.clear();
        } else if (line.starts_with('/') && !line.starts_with("//")) {
            s.out().tell("unknown_command",
                         {{"line", line}},
                         "/quit ends the chat; a line that begins with // is sent with one /");
        } else {
            if (line.starts_with("//")) line.erase(0, 1);
            if (signed_in_) {
                say(s, std::move(line));
            } else {
                early_.push_back(std::move(line));
            }
        }
        end_if_done(s);
    }
    void on_input_end(stage& s) override {
        ended_ = true;
        end_if_done(s);
    }

private:
    void say(stage& s, std::string line) {
        waiting_.insert(++last_);
        s.wish(wish::say{last_, peer_, std::move(line)});
    }
    void end_if_done(stage& s) {
        if (ended_ && waiting_.empty() && early_.empty())
            s.finish(failed_ ? exit_code::undelivered : exit_code::ok);
    }

    sip::aor peer_;
    std::vector<std::string> early_; ///< typed before we were in
    std::set<user_agent::im_id> waiting_;
    user_agent::im_id last_ = 0;
    bool signed_in_ = false;
    bool ended_ = false;
    bool failed_ = false;
};

class send_program final : public program {
public:
    send_program(sip::aor peer, std::string text, bool page)
        : peer_(std::move(peer)), text_(std::move(text)), page_(page) {}

    void on_notice(stage& s, const user_agent::action& a) override {
        if (const auto* in = std::get_if<notice::signed_in>(&a); in != nullptr && in->anew) {
            if (page_) {
                s.wish(wish::page{1, peer_, text_});
            } else {
                s.wish(wish::say{1, peer_, text_});
            }
        } else if (std::holds_alternative<notice::delivered>(a)) {
            s.out().tell(a);
            s.finish(exit_code::ok);
        } else if (std::holds_alternative<notice::undelivered>(a)) {
            s.out().tell(a);
            s.finish(exit_code::undelivered);
        } else if (std::holds_alternative<notice::sign_in_failed>(a) ||
                   std::holds_alternative<notice::discarded>(a)) {
            s.out().tell(a);
        }
    }

private:
    sip::aor peer_;
    std::string text_;
    bool page_;
};

class endpoints_program final : public program {
public:
    explicit endpoints_program(bool json) : json_(json) {}

    void on_notice(stage& s, const user_agent::action& a) override {
        const auto* in = std::get_if<notice::signed_in>(&a);
        if (in == nullptr) {
            if (std::holds_alternative<notice::sign_in_failed>(a)) s.out().tell(a);
            return;
        }
        if (json_) {
            s.out().tell(a);
        } else {
            for (const auto& e : in->endpoints) {
                std::printf("%s%s\n  contact  %s\n  expires  %lld s\n",
                            e.instance ? e.instance->text().c_str() : "(no instance)",
                            e.is_us ? "  (this one)" : "",
                            e.contact.c_str(),
                            static_cast<long long>(e.expires.count()));
                if (!e.gruu.empty()) std::printf("  gruu     %s\n", e.gruu.c_str());
            }
            std::fflush(stdout);
        }
        s.finish(exit_code::ok);
    }

private:
    bool json_;
};

} // namespace

std::unique_ptr<program> make_sign_in() {
    return std::make_unique<sign_in_program>();
}
std::unique_ptr<program> make_chat(sip::aor peer) {
    return std::make_unique<chat_program>(std::move(peer));
}
std::unique_ptr<program> make_send(sip::aor peer, std::string text, bool page) {
    return std::make_unique<send_program>(std::move(peer), std::move(text), page);
}
std::unique_ptr<program> make_endpoints(bool json) {
    return std::make_unique<endpoints_program>(json);
}

} // namespace lyceum::apps::client
