#pragma once

namespace lyceum::apps::console {

/// All of `lyceum`: reads the arguments, does what they say, prints, and gives the exit code.
[[nodiscard]] int run(int argc, char** argv);

} // namespace lyceum::apps::console
