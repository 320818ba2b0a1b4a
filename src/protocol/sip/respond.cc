#include "protocol/sip/respond.h"

namespace lyceum::sip {

message make_response(const message& request,
                      int status,
                      std::string_view reason,
                      std::string_view to_tag) {
    auto response = message::response(status, reason);
    for (const auto& f : request.fields()) {
        switch (f.id) {
        case header::via:
        case header::from:
        case header::call_id:
        case header::cseq:
            response.append_line(request, f);
            break;
        case header::to: {
            if (!to_tag.empty() && request.to_tag().empty()) {
                response.append_joined(f.id, {request.value(f), ";tag=", to_tag});
            } else {
                response.append_line(request, f);
            }
            break;
        }
        default:
            break;
        }
    }
    if (status == 100) {
        if (const auto sent = request.value("Timestamp"); !sent.empty())
            response.append("Timestamp", sent);
    }
    return response;
}

} // namespace lyceum::sip
