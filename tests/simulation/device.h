#pragma once

#include "apps/lyceum_client/agents.h"
#include "ledger.h"
#include "plan.h"
#include "server.h"

#include <functional>

namespace lyceum::simulation {

/// One client machine with somebody at it: signs in and stays, comes back when the connection is
/// lost, follows the contact list and friends' presence, keeps the ledger.
class device final : public apps::client::agents::listener {
public:
    device(net::sim::world&, const plan&, std::size_t index, ledger&);
    ~device() override;

    void power_on();
    /// Without a word; memory is lost.
    void power_off();
    void sign_out();
    void sign_in();
    void carry_out(const step&, const sip::aor& other);
    /// Somebody types another password in, which means starting the program anew.
    void type_password(std::string password);
    /// The administrator has taken the account's rights, or given them back. (What was said until
    /// then may still arrive.)
    void set_welcome(bool welcome) {
        // Over UDP what was said before may arrive with the last time the request is sent: timer F.
        const auto late = over_udp() ? 40s : 10s;
        turned_away_until_ = welcome ? world_.now() + late : instant::max();
    }
    /// The password that it knows is no longer the account's.
    void set_password_is_old() { password_is_old_ = true; }
    /// A message that has to arrive. Gives its number.
    ledger::id probe(const sip::aor& to);

    [[nodiscard]] bool is_on() const { return agents_ != nullptr; }
    [[nodiscard]] bool is_signed_in() const;
    [[nodiscard]] const sip::aor& owner() const { return owner_; }
    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] bool over_udp() const { return plan_.devices[index_].over_udp; }
    [[nodiscard]] net::sim::host& host() { return host_; }
    /// The connection or the server is not well until then: timeouts are nobody's fault.
    void disturb(std::chrono::milliseconds for_so_long = 2s) {
        ledger_.disturbed(owner_, over_udp() ? instant::max() : world_.now() + for_so_long);
    }
    /// Contacts, as this device knows the list; nothing when it follows none.
    [[nodiscard]] const std::optional<people::contact_list>& contacts() const { return contacts_; }
    /// Whether it sees that user online; nothing when it follows none.
    [[nodiscard]] std::optional<bool> sees(const std::string& user) const;
    [[nodiscard]] const std::vector<std::string>& watches() const {
        return plan_.devices[index_].watches;
    }
    /// What keeps it from being signed in, for people.
    [[nodiscard]] const std::string& last_trouble() const { return trouble_; }
    [[nodiscard]] std::size_t sign_ins() const { return sign_ins_; }
    void set_trace(std::function<void(const std::string&)> t) { trace_ = std::move(t); }

    // agents::listener
    void on_notice(apps::client::agents::seat, const user_agent::action&) override;
    void on_connected(apps::client::agents::seat) override;
    void on_closed(apps::client::agents::seat, net::closed_why) override;
    void on_octets(apps::client::agents::seat, bool out, std::string_view) override;
    void on_alarm(std::uint64_t id) override;

private:
    void connect();
    void come_back();
    void settle_in();
    void follow(std::uint64_t subscription);
    void publish(std::uint32_t availability);
    void change(bool set);
    void take_contacts(const user_agent::notice::notified&);
    void take_presence(const user_agent::notice::notified&);
    void take_categories(std::string_view document);
    void tell(const std::string& what) const {
        if (trace_) trace_(name_ + ": " + what);
    }

    net::sim::world& world_;
    const plan& plan_;
    std::size_t index_;
    ledger& ledger_;
    std::string name_;
    sip::aor owner_;
    std::string epid_;
    net::sim::host& host_;
    random::seeded dice_;
    std::unique_ptr<apps::client::agents> agents_;
    std::chrono::milliseconds pause_{500};
    bool wanted_ = false; ///< to be signed in
    bool coming_ = false; ///< an alarm will bring it back
    unsigned life_ = 0;
    std::string password_;
    bool password_is_old_ = false;
    std::size_t with_old_password_ = 0; ///< which of its sign-ins was made with that
    instant turned_away_until_{};       ///< who is refused until then had no right to be there
    std::string trouble_;
    std::set<std::uint64_t> refused_; ///< subscriptions that are to be asked for again
    std::size_t sign_ins_ = 0;
    std::uint64_t next_request_ = 1;
    std::optional<people::contact_list> contacts_;
    std::map<std::string, bool> seen_; ///< by user: online
    std::uint32_t publication_ = 0;    ///< instance of our state, anew with every sign-in
    std::uint32_t published_ = 0;      ///< its version
    std::function<void(const std::string&)> trace_;
};

} // namespace lyceum::simulation
