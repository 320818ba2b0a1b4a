#include "base/fuzz/require.h"
#include "base/settings/catalogue.h"
#include "base/settings/units.h"

using namespace lyceum;
using namespace std::chrono_literals;

namespace {

using lyceum::fuzz::require;

/// One of each kind.
struct sample {
    bool on = false;
    std::string mode = "off";
    std::string name = "a";
    std::vector<std::string> names{"a"};
    std::uint16_t port = 5061;
    std::int64_t number = 0;
    std::size_t largest = 65536;
    std::chrono::seconds patience{15};
    std::chrono::milliseconds pause{250};
    void describe(settings::section& s) {
        s.flag("on", on, "Whether it is on.");
        s.text("mode", mode, "How.").one_of({"off", "trusted", "clients"});
        s.text("name", name, "Who.");
        s.list("names", names, "Names.").between(1, 3);
        s.number("port", port, "Where.").between(1, 65535);
        s.number("number", number, "How many.");
        s.octets("largest", largest, "Largest message.").between(1024, 1 << 20);
        s.duration("patience", patience, "How long.").between(1s, 1h);
        s.duration("pause", pause, "Between two.");
    }
};

} // namespace

// A file that was accepted can be written, and the written one says the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    sample s;
    settings::catalogue c;
    c.add("sip", "Sample.", s);
    if (const auto read = c.read(text)) {
        require(c.check().empty());
        const auto written = c.to_toml("Sample");
        sample t;
        settings::catalogue d;
        d.add("sip", "Sample.", t);
        require(d.read(written).has_value() && d.to_toml("Sample") == written);
    } else {
        require(!read.error().empty() && !to_text(read.error(), "x.toml").empty());
    }
    if (const auto v = settings::parse_duration(text))
        require(settings::parse_duration(settings::duration_text(*v)) == v);
    if (const auto v = settings::parse_octets(text))
        require(settings::parse_octets(settings::octets_text(*v)) == v);
    return 0;
}
