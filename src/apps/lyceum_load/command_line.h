#pragma once

namespace lyceum::apps::load {

/// Reads the command line, runs it, returns the exit code.
int run(int argc, char** argv);

} // namespace lyceum::apps::load
