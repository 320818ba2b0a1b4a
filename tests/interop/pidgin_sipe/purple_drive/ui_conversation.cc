#include "event.h"
#include "session.h"

namespace purple_drive {
namespace {

bool is_im(PurpleConversation* conversation) {
    return purple_conversation_get_type(conversation) == PURPLE_CONV_TYPE_IM;
}

const char* event_name(PurpleMessageFlags flags) {
    if ((flags & PURPLE_MESSAGE_ERROR) != 0) return "im-error";
    if ((flags & PURPLE_MESSAGE_SYSTEM) != 0) return "im-system";
    if ((flags & PURPLE_MESSAGE_SEND) != 0)
        return "im-sent"; // the local echo, no proof of delivery
    return "im-received";
}

void on_write(PurpleConversation* conversation,
              const char* name,
              const char*,
              const char* message,
              PurpleMessageFlags flags,
              time_t) {
    if (!is_im(conversation)) return;
    event(event_name(flags))
        .account(purple_conversation_get_account(conversation))
        .text("who", purple_conversation_get_name(conversation))
        .text("from", name)
        .text("text", plain_text(message))
        .text("html", message)
        .send();
}

gboolean has_focus(PurpleConversation*) {
    return TRUE;
}

void on_conversation(PurpleConversation* conversation, const char* name) {
    if (!is_im(conversation)) return;
    event(name)
        .account(purple_conversation_get_account(conversation))
        .text("who", purple_conversation_get_name(conversation))
        .send();
}

void on_typing(PurpleAccount* account, const char* who, const char* state) {
    event("typing").account(account).text("who", who).text("state", state).send();
}

} // namespace

void install_conversation_ui() {
    static PurpleConversationUiOps ops{};
    ops.write_conv = on_write;
    ops.has_focus = has_focus;
    purple_conversations_set_ui_ops(&ops);

    void* conversations = purple_conversations_get_handle();
    on_signal(conversations, "conversation-created", on_conversation, "conversation-created");
    on_signal(conversations, "deleting-conversation", on_conversation, "conversation-closed");
    on_signal(conversations, "buddy-typing", on_typing, "typing");
    on_signal(conversations, "buddy-typed", on_typing, "typed");
    on_signal(conversations, "buddy-typing-stopped", on_typing, "stopped");
}

} // namespace purple_drive
