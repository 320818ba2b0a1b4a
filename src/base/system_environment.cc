#include "base/environment.h"

namespace lyceum {
namespace {

class system final : public environment {
public:
    [[nodiscard]] instant now() const override {
        return instant(std::chrono::steady_clock::now().time_since_epoch());
    }
    [[nodiscard]] wall_instant wall_now() const override {
        return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
    }
};

} // namespace

const environment& system_environment() {
    static const system the_system;
    return the_system;
}

} // namespace lyceum
