#include "player.h"

#include "base/text.h"

namespace lyceum::conversations {
namespace {

constexpr auto patience = std::chrono::seconds(2); ///< virtual; `within` says otherwise

/// What was expected and what came, line by line.
class difference {
public:
    void same(std::string_view what) { text_ += "\n    " + std::string(what); }
    void wrong(const std::string& wanted, const std::string& came) {
        text_ += "\n  - " + wanted + "\n  + " + came;
        any_ = true;
    }
    [[nodiscard]] bool any() const { return any_; }
    [[nodiscard]] const std::string& text() const { return text_; }

private:
    std::string text_;
    bool any_ = false;
};

std::string without_cr(std::string_view s) {
    std::string out(s);
    std::erase(out, '\r');
    while (out.ends_with('\n'))
        out.pop_back();
    return out;
}

} // namespace

player::player() : server_(world_, 2) {
    server_.start();
}

std::optional<mistake> player::play(const std::vector<line>& talk) {
    for (const auto& l : talk) {
        if (auto wrong = act(l)) return mistake{l.number, l.text() + ": " + *wrong};
        for (const auto& [name, c] : clients_) {
            if (!c->unbelievable().empty())
                return mistake{l.number, name + " cannot believe " + c->unbelievable().front()};
        }
    }
    if (auto wrong = end()) return mistake{talk.empty() ? 0 : talk.back().number, *wrong};
    return std::nullopt;
}

player::outcome player::act(const line& l) {
    if (l.word(0) == "user" || l.word(0) == "client") return declare(l);
    if (l.word(0) == "server" || l.word(0) == "store" || l.word(0) == "after" ||
        l.word(0) == "clock")
        return act_of_server(l);
    const auto it = clients_.find(l.word(0));
    if (it == clients_.end()) {
        return "there is no client \"" + l.word(0) +
               "\"; a line begins with user, client, server, "
               "store, clock, after, or a client's name";
    }
    return act_of_client(l, *it->second);
}

/// user NAME · client NAME of USER [with PASSWORD]
player::outcome player::declare(const line& l) {
    if (l.word(1).empty()) return "a name is missing";
    if (l.word(0) == "user") {
        server_.add_user(l.word(1));
        return std::nullopt;
    }
    const auto user = l.after("of").empty() ? l.word(1) : l.after("of");
    const auto password = l.after("with").empty() ? simulation::password_of(user) : l.after("with");
    clients_.insert_or_assign(
        l.word(1),
        std::make_unique<speaker>(world_, l.word(1), user, password, clients_.size() + 1));
    return std::nullopt;
}

player::outcome player::act_of_server(const line& l) {
    const auto& what = l.word(1);
    if (l.word(0) == "after") {
        const auto t = duration_of(what);
        if (!t) return "\"" + what + "\" is no duration: 300ms, 5s, 10m, 8h";
        world_.run_for(*t);
    } else if (l.word(0) == "clock" && what == "jumps") {
        const bool back = l.word(3) == "back";
        const auto t = duration_of(l.word(2));
        if (!t) return "clock jumps DURATION [back]";
        world_.jump_wall(back ? -*t : *t);
    } else if (l.word(0) == "store" && (what == "fails" || what == "works")) {
        server_.set_store_down(what == "fails");
    } else if (what == "dies") {
        server_.kill();
        world_.run_for(10ms); // the others hear of it
    } else if (what == "starts") {
        server_.start();
    } else if (what == "drains") {
        server_.drain();
    } else if (what == "keeps" && l.word(2) == "nothing") {
        const auto c = server_.now();
        if (c.sum() != 0) return "it keeps " + c.text();
    } else if (what == "keeps") { // server keeps 2 registrations
        const auto c = server_.now();
        const auto text = ", " + c.text();
        if (!text.contains(", " + l.word(2) + " " + l.word(3))) return "it keeps " + c.text();
    } else {
        return "server dies, starts, drains, keeps nothing, keeps N THINGS; store fails, works; "
               "clock jumps; after DURATION";
    }
    return std::nullopt;
}

player::outcome player::act_of_client(const line& l, speaker& c) {
    const auto& what = l.word(1);
    if (what == ">") return say(l, c);
    if (what == "<") return expect(l, c);
    if (what == "connects") {
        c.connect();
    } else if (what == "signs" && l.word(2) == "in") {
        return sign_in(c);
    } else if (what == "hangs") {
        c.hang_up();
    } else if (what == "loses" && l.word(2) == "power") {
        c.host().kill();
    } else if (what == "loses") {
        c.host().reset_connections();
    } else if (what == "finishes") {
        c.host().finish_sending();
    } else if (what == "stops") {
        c.host().stop_reading();
    } else if (what == "reads") {
        c.host().read_again();
    } else if (what == "ignores") {
        ignored_[c.name()].insert(l.word(2));
    } else if (what == "hears" && l.word(2) == "nothing") {
        world_.run_for(patience);
        return expect_silence(c);
    } else if (what == "is") { // is cut off · is connected
        world_.run_for(100ms);
        if (c.is_connected() == (l.word(2) == "cut"))
            return c.is_connected() ? "it is connected" : "it is cut off";
    } else {
        return "a client connects, signs in, hangs up, loses power, loses its connection, finishes "
               "sending, stops reading, reads again, ignores METHOD, hears nothing, is connected, "
               "is cut "
               "off, > says or < hears";
    }
    return std::nullopt;
}

player::outcome player::sign_in(speaker& c) {
    c.connect();
    for (int leg = 0; leg < 3; ++leg) {
        c.send(c.request("REGISTER", "sip:contoso.test"));
        const auto m = next(c, "", world_, patience);
        if (!m) return "the REGISTER was not answered";
        if (m->status() == 200) return std::nullopt;
        if (m->status() != 401 || leg == 2) return "the REGISTER was answered " + summary(*m);
    }
    return std::nullopt;
}

std::string player::uri_of(const std::string& whom) const {
    if (whom.contains(':')) return whom;
    if (whom.empty()) return "sip:contoso.test";
    return simulation::aor_of(whom).text();
}

/// NAME > METHOD [WHOM | in dialog] · NAME > STATUS [to METHOD]
player::outcome player::say(const line& l, speaker& c) {
    const auto& what = l.word(2);
    std::optional<sip::message> m;
    if (const auto status = to_u32(what)) {
        m = c.answer(static_cast<int>(*status), l.after("to"));
        if (!m) return "there is no such request to answer";
    } else if (what == "CANCEL") {
        m = c.cancel();
        if (!m) return "there is no INVITE to cancel";
    } else if (l.word(3) == "in") {
        m = c.in_dialog(what);
        if (!m) return "there is no dialog";
    } else {
        m = c.request(what, uri_of(l.word(3)));
    }
    std::string type;
    for (const auto& f : l.fields) {
        if (iequals(f.name, "Content-Type")) {
            type = f.value;
        } else if (f.value == "-") {
            m->remove(f.name);
        } else if (m->has(sip::header_of(f.name)) && !sip::is_list(sip::header_of(f.name))) {
            m->set(sip::header_of(f.name), f.value);
        } else {
            m->append(f.name, f.value);
        }
    }
    if (l.body) m->set_body(type.empty() ? "text/plain" : type, *l.body);
    c.send(*std::move(m));
    return std::nullopt;
}

/// The next message, whether it is the wanted one or not; what is ignored is left out, and a 100
/// that nobody asked for.
std::optional<sip::message> player::next(speaker& c,
                                         std::string_view wanted,
                                         net::sim::world& w,
                                         std::chrono::milliseconds how_long) {
    const auto until = w.now() + how_long;
    for (;;) {
        while (!c.heard().empty()) {
            auto m = std::move(c.heard().front());
            c.heard().pop_front();
            c.take(m);
            const auto what = summary(m);
            if (ignored_[c.name()].contains(what) && what != wanted) continue;
            if (m.status() == 100 && wanted != "100") continue;
            return m;
        }
        if (w.now() >= until) return std::nullopt;
        w.run_for(1ms);
    }
}

/// NAME < METHOD · NAME < STATUS [to METHOD], [within DURATION]
player::outcome player::expect(const line& l, speaker& c) {
    const auto within = duration_of(l.after("within"));
    const auto& what = l.word(2);
    const auto m = next(c, what, world_, within.value_or(patience));
    if (!m) return "nothing came" + std::string(c.is_connected() ? "" : "; the connection is gone");
    const auto came = summary(*m);
    const bool fitting =
        m->is_request()
            ? came == what
            : came == what + " to " +
                          (l.after("to").empty() ? std::string(m->cseq_method()) : l.after("to"));
    difference d;
    if (fitting) {
        d.same(came);
    } else {
        d.wrong(l.after("to").empty() ? what : what + " to " + l.after("to"), came);
    }
    for (const auto& f : l.fields) {
        std::string value;
        if (const auto h = sip::header_of(f.name); h != sip::header::other) {
            for (const auto v : m->values(h))
                value += (value.empty() ? "" : ", ") + std::string(v);
        } else {
            value = m->value(f.name);
        }
        const bool right = f.value == "-" ? value.empty() : fits(value, f.value);
        if (right) {
            d.same(f.name + ": " + value);
        } else {
            d.wrong(f.name + ": " + f.value,
                    value.empty() ? "(no " + f.name + ")" : f.name + ": " + value);
        }
    }
    if (l.body && !fits(without_cr(m->body()), *l.body))
        d.wrong("| " + *l.body, "| " + without_cr(m->body()));
    if (!d.any()) return std::nullopt;
    return "something else came" + d.text() +
           (fitting ? "" : "\n  the whole of it:\n" + without_cr(m->text()));
}

player::outcome player::expect_silence(const speaker& c) const {
    for (const auto& m : c.heard()) {
        const auto it = ignored_.find(c.name());
        const bool ignored = it != ignored_.end() && it->second.contains(summary(m));
        if (!ignored && m.status() != 100) return c.name() + " heard " + summary(m);
    }
    return std::nullopt;
}

/// Nothing was said that the conversation does not know of, and nothing stays when all are gone.
player::outcome player::end() {
    world_.run_for(patience);
    for (const auto& [name, c] : clients_) {
        if (auto more = expect_silence(*c))
            return "at the end " + *more + ", which no line expects";
    }
    for (const auto& [name, c] : clients_)
        c->host().kill();
    world_.run_for(12min);
    if (const auto left = server_.now(); left.sum() != 0)
        return "everybody has left, but the server keeps " + left.text();
    return std::nullopt;
}

} // namespace lyceum::conversations
