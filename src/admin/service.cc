#include "admin/service.h"

#include "admin/request.h"
#include "admin/tables.h"
#include "base/check.h"

namespace lyceum::admin {

service::service(ports p) : ports_(std::move(p)) {
    handler_table own;
    add_user_commands(own, ports_);
    add_user_import(own, ports_);
    add_contact_commands(own, ports_);
    add_trusted_commands(own, ports_);
    for (auto& [name, run] : own) {
        handlers_[name] = [this, f = std::move(run)](const arguments& a) {
            const std::lock_guard one(one_change_);
            return f(a);
        };
    }
    handlers_["version"] = [](const arguments&) -> outcome {
        return R"({"version":")" LYCEUM_VERSION R"("})";
    };
}

void service::add(std::string_view command, handler h) {
    LYCEUM_CHECK(find_command(command) != nullptr);
    handlers_.insert_or_assign(std::string(command), std::move(h));
}

void service::add_stream(std::string_view command, stream_handler h) {
    LYCEUM_CHECK(find_command(command) != nullptr);
    streams_.insert_or_assign(std::string(command), std::move(h));
}

std::string service::handle_line(std::string_view line, std::shared_ptr<line_sink> sink) {
    return write_answer(carry_out(line, std::move(sink)));
}

outcome service::carry_out(std::string_view line, std::shared_ptr<line_sink> sink) {
    if (line.size() > max_line) return std::unexpected(failure{"usage", "the request is too long"});
    const auto request = read_request(line);
    if (!request) return std::unexpected(request.error());
    const auto& [command, given] = *request;
    if (const auto h = handlers_.find(command->name); h != handlers_.end()) return h->second(given);
    if (const auto h = streams_.find(command->name); h != streams_.end()) {
        if (sink == nullptr)
            return std::unexpected(failure{"usage", "this command needs a connection"});
        return h->second(given, std::move(sink));
    }
    return std::unexpected(
        failure{"not_running", std::string(command->name) + " is not offered here"});
}

} // namespace lyceum::admin
