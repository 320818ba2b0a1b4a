#pragma once

#include "libpurple.h"

#include <map>
#include <string>
#include <string_view>

namespace purple_drive {

/// What to do with a question that a person would be asked.
enum class answer_policy { accept, reject, manual };

/// The state of this process. libpurple calls back without a pointer of ours, so there is one.
struct session {
    GMainLoop* loop = nullptr;
    PurpleAccount* account = nullptr; ///< the one that commands mean
    int failures = 0;                 ///< failed waits and commands; exit status 1 if any
    bool strict = false;              ///< stop at the first failed wait
    bool stay = false;                ///< do not stop at the end of stdin
    bool quitting = false;
    std::map<std::string, answer_policy, std::less<>> policies;
};

[[nodiscard]] session& the_session();

/// The policy for a kind of question; accept unless set otherwise.
[[nodiscard]] answer_policy policy_for(std::string_view kind);

/// Signs all accounts off and ends the main loop shortly afterwards.
void quit();

/// Asks libpurple to call `function` when `signal` of `instance` is emitted; `name` is handed on.
template <class Function>
void on_signal(void* instance, const char* signal, Function* function, const char* name = nullptr) {
    static int handle;
    purple_signal_connect(instance,
                          signal,
                          &handle,
                          reinterpret_cast<PurpleCallback>(function),
                          const_cast<char*>(name));
}

// Each file of user-interface callbacks registers itself by one of these.
void install_event_loop(); ///< before purple_core_init
void install_account_ui(); ///< from the core's ui_init, as all that follow
void install_connection_ui();
void install_buddy_ui();
void install_conversation_ui();
void install_request_ui();
void install_notice_ui();

} // namespace purple_drive
