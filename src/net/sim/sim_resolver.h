#pragma once

#include "net/resolver.h"
#include "net/sim/world.h"

#include <map>

namespace lyceum::net::sim {

/// A name server as a table. What is not in it does not exist. Answers take the world's delay.
class sim_resolver final : public resolver {
public:
    explicit sim_resolver(world& w) : world_(w) {}

    void add_naptr(const std::string& name,
                   naptr_record,
                   std::chrono::seconds ttl = std::chrono::seconds(60));
    void add_srv(const std::string& name,
                 srv_record,
                 std::chrono::seconds ttl = std::chrono::seconds(60));
    /// An A or AAAA record, as the address is.
    void add_host(const std::string& name,
                  std::string_view address,
                  std::chrono::seconds ttl = std::chrono::seconds(60));
    void clear() { table_.clear(); }
    /// Questions of that kind get no answer: of a name server that does not know them.
    void ignore(dns_record kind) { ignored_ = kind; }
    /// From now on no question is answered, or every one fails.
    enum class mood : std::uint8_t { answers, fails, is_silent };
    void set(mood m) { mood_ = m; }

    void ask(dns_question, callback) override;
    /// Everything that was asked, in order.
    [[nodiscard]] const std::vector<dns_question>& asked() const { return asked_; }

private:
    world& world_;
    std::map<dns_question, dns_answer> table_;
    std::vector<dns_question> asked_;
    mood mood_ = mood::answers;
    std::optional<dns_record> ignored_;
};

} // namespace lyceum::net::sim
