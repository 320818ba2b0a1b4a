// Everything at once and in any order, from a seed: nothing breaks, and nothing is left.
#include "base/random/random.h"
#include "sipstack/tests/people.h"

namespace lyceum::sipstack::test {
namespace {

using sip::header;

/// Some people with some devices, who do whatever comes to their minds.
class crowd {
public:
    explicit crowd(std::uint64_t seed)
        : house_(seed, {1ms, 80ms, 20}), dice_(seed), gateway_(house_, "10.0.0.9") {
        for (const auto* name : {"alice", "bob", "carol"}) {
            house_.add_user(name);
            for (int i = 0; i < 2; ++i) {
                people_.push_back(
                    {std::make_unique<client>(house_, name, "10.0.1." + std::to_string(++address_)),
                     {},
                     {},
                     false});
            }
        }
        for (auto& p : people_)
            come(p);
    }
    void act(int steps) {
        for (int i = 0; i < steps; ++i) {
            auto& p = people_[dice_.below(people_.size())];
            if (p.here) {
                do_something(p);
            } else {
                come(p);
            }
            house_.run_for(std::chrono::milliseconds(dice_.below(300)));
        }
    }
    void leave() {
        for (auto& p : people_) {
            EXPECT_EQ(p.who->badly_signed, 0U);
            p.who->hang_up();
        }
        EXPECT_GT(house_.metric("lyceum_router_relayed_total"), 20);
        house_.run_for(3h); // the house's own connections to the gateway, too
        house_.expect_nothing_left();
    }

private:
    struct person {
        std::unique_ptr<client> who;
        std::vector<sip::message> asked;  ///< requests that it may still answer
        std::vector<sip::message> called; ///< its INVITEs
        bool here = false;
    };
    void come(person& p) {
        p.asked.clear();
        p.who->sign_in();
        p.here = true;
    }
    std::string somebody() {
        static constexpr std::string_view uris[] = {"sip:alice@contoso.test",
                                                    "sip:bob@contoso.test",
                                                    "sip:carol@contoso.test",
                                                    "sip:nobody@contoso.test",
                                                    "sip:line@10.0.0.9"};
        return std::string(uris[dice_.below(std::size(uris))]);
    }
    void do_something(person& p) {
        auto& c = *p.who;
        for (const auto* what : {"INVITE", "MESSAGE", "CANCEL", "BYE", "ACK"}) {
            while (auto m = c.take(what))
                p.asked.push_back(*std::move(m));
        }
        switch (dice_.below(12)) {
        case 0:
        case 1:
            c.send(c.request("MESSAGE", somebody()));
            break;
        case 2:
        case 3: {
            auto m = c.request("INVITE", somebody());
            if (dice_.below(2) == 0) m.set_body("application/sdp", "m=audio 1 RTP/AVP 0\r\n");
            p.called.push_back(m);
            c.send(std::move(m));
            break;
        }
        case 4:
            if (!p.called.empty()) cancel(c, p.called[dice_.below(p.called.size())]);
            break;
        case 5:
            if (dice_.below(4) == 0) leave(p);
            break;
        case 6:
            gateway_talks();
            break;
        default:
            answer(p);
        }
    }
    void answer(person& p) {
        if (p.asked.empty()) return;
        static constexpr int statuses[] = {100,
                                           180,
                                           183,
                                           200,
                                           200,
                                           200,
                                           202,
                                           302,
                                           401,
                                           404,
                                           480,
                                           481,
                                           486,
                                           487,
                                           500,
                                           503,
                                           600,
                                           603};
        const auto at = dice_.below(p.asked.size());
        const auto& m = p.asked[at];
        if (m.method_name() != "ACK")
            p.who->send(p.who->answer(m, statuses[dice_.below(std::size(statuses))]));
        // Some are answered twice, and differently.
        if (dice_.below(3) != 0) p.asked.erase(p.asked.begin() + static_cast<std::ptrdiff_t>(at));
    }
    static void cancel(client& c, const sip::message& invite) {
        auto m = sip::message::request("CANCEL", invite.uri());
        for (const auto f :
             {header::via, header::max_forwards, header::from, header::to, header::call_id})
            m.append(f, invite.value(f));
        m.append(header::cseq, "1 CANCEL");
        c.send(std::move(m));
    }
    void leave(person& p) {
        if (dice_.below(2) == 0) {
            p.who->die();
        } else {
            p.who->hang_up();
        }
        p.here = false;
    }
    void gateway_talks() {
        while (auto m = gateway_.take("INVITE"))
            gateway_.send(gateway_.answer(*m, dice_.below(2) == 0 ? 200 : 486));
        while (auto m = gateway_.take("MESSAGE"))
            gateway_.send(gateway_.answer(*m, 200));
        while (auto m = gateway_.take("BYE"))
            gateway_.send(gateway_.answer(*m, 200));
        while (auto m = gateway_.take("CANCEL"))
            gateway_.send(gateway_.answer(*m, 200));
        gateway_.send(gateway_.request(dice_.below(2) == 0 ? "INVITE" : "MESSAGE", somebody()));
    }

    house house_;
    random::seeded dice_;
    gateway gateway_;
    std::vector<person> people_;
    int address_ = 0;
};

TEST(chaos, nothing_is_left_of_it) {
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        SCOPED_TRACE(seed);
        crowd c(seed);
        c.act(400);
        c.leave();
        if (::testing::Test::HasFailure()) return;
    }
}

} // namespace
} // namespace lyceum::sipstack::test
