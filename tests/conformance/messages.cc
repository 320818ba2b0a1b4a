#include "tests/conformance/messages.h"

#include "base/text.h"

#include <fstream>
#include <stdexcept>

namespace lyceum::conformance {
namespace {

std::string octets_of(std::string_view hex) {
    std::string out;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
        out += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
    return out;
}

/// What stands between an opening tag and its closing one; both are gone from `rest` afterwards.
std::string_view inside(std::string_view& rest, std::string_view closing) {
    const auto end = rest.find(closing);
    if (end == std::string_view::npos) throw std::runtime_error("no " + std::string(closing));
    const auto out = rest.substr(0, end);
    rest.remove_prefix(end + closing.size());
    return out;
}

/// One line with its <hex> and <repeat> carried out.
std::string expanded(std::string_view line) {
    constexpr std::string_view hex = "<hex>";
    constexpr std::string_view repeat = "<repeat count=";
    std::string out;
    while (!line.empty()) {
        if (line.starts_with(hex)) {
            line.remove_prefix(hex.size());
            out += octets_of(inside(line, "</hex>"));
        } else if (line.starts_with(repeat)) {
            line.remove_prefix(repeat.size());
            const auto times = to_u32(inside(line, ">"));
            const auto what = inside(line, "</repeat>");
            for (std::uint32_t i = 0; i < times.value(); ++i)
                out += what;
        } else {
            out += line.front();
            line.remove_prefix(1);
        }
    }
    return out;
}

} // namespace

std::map<std::string, std::string> read_messages(const std::string& file) {
    std::ifstream in(std::string(LYCEUM_CONFORMANCE_DATA) + "/" + file);
    if (!in) throw std::runtime_error(file + " is not there");
    std::map<std::string, std::string> out;
    std::string* message = nullptr;
    bool joining = false;
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with("@ ")) {
            message = &out[line.substr(2, line.find(' ', 2) - 2)];
        } else if (message == nullptr) {
            continue; // what the file says about itself
        } else if (line == "<allOneLine>") {
            joining = true;
        } else {
            const bool ends = line == "</allOneLine>";
            if (!ends) *message += expanded(line);
            if (ends || !joining) *message += "\r\n";
            if (ends) joining = false;
        }
    }
    return out;
}

} // namespace lyceum::conformance
