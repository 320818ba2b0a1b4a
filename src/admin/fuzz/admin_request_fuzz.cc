#include "admin/request.h"
#include "admin/trace_line.h"
#include "admin/user_file.h"
#include "base/fuzz/require.h"
#include "base/text.h"

using namespace lyceum;

namespace {

using lyceum::fuzz::require;

bool same(const admin::arguments& a, const admin::arguments& b) {
    return a.texts == b.texts && a.flags == b.flags && a.numbers == b.numbers && a.lists == b.lists;
}

} // namespace

// The lines of the administration socket, both ways. What was read can be written, and says the
// same; nothing that is written holds a line end.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto r = admin::read_request(text)) {
        const auto line = admin::write_request(r->first->name, r->second);
        const auto again = admin::read_request(line);
        require(again && again->first == r->first && same(again->second, r->second));
        require(!line.contains('\n'));
    } else {
        const auto line = admin::write_answer(std::unexpected(r.error()));
        const auto again = admin::read_answer(line);
        require(!again && again.error() == r.error() && !line.contains('\n'));
    }
    if (const auto answer = admin::read_answer(text)) {
        const auto again = admin::read_answer(admin::write_answer(answer));
        require(again == answer);
    }
    if (const auto t = admin::read_trace_line(text)) {
        const auto line = admin::to_json(*t);
        require(admin::read_trace_line(line) == t && !line.contains('\n'));
    }
    std::vector<std::string> lines;
    for (auto rest = text; !rest.empty();)
        lines.emplace_back(split_first(rest, '\n'));
    const auto file = admin::read_user_file(lines);
    require(file.users.size() + file.bad.size() <= lines.size());
    for (const auto& u : file.users)
        require(u.what.texts.contains("user") && u.what.texts.contains("password"));
    return 0;
}
