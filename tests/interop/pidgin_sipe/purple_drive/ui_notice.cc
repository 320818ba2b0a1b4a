#include "event.h"
#include "session.h"

#include <array>

namespace purple_drive {
namespace {

constexpr std::array type_names{"error", "warning", "info"};

void* on_message(PurpleNotifyMsgType type,
                 const char* title,
                 const char* primary,
                 const char* secondary) {
    const auto index = static_cast<std::size_t>(type);
    event("notify-message")
        .text("type", index < type_names.size() ? type_names[index] : "?")
        .text("title", title)
        .text("primary", primary)
        .text("secondary", secondary)
        .send();
    return nullptr;
}

void* on_formatted(const char* title,
                   const char* primary,
                   const char* secondary,
                   const char* text) {
    event("notify-formatted")
        .text("title", title)
        .text("primary", primary)
        .text("secondary", secondary)
        .text("text", plain_text(text))
        .send();
    return nullptr;
}

} // namespace

void install_notice_ui() {
    static PurpleNotifyUiOps ops{};
    ops.notify_message = on_message;
    ops.notify_formatted = on_formatted;
    purple_notify_set_ui_ops(&ops);
}

} // namespace purple_drive
