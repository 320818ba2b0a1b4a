#include "command.h"
#include "event.h"
#include "target.h"

#include <array>

namespace purple_drive {
namespace {

PurpleConversation* find_conversation(const PurpleAccount* account, const std::string& who) {
    return purple_find_conversation_with_account(PURPLE_CONV_TYPE_IM, who.c_str(), account);
}

/// What Pidgin's entry box would hand over for typed text.
std::string as_html(const std::string& text) {
    char* escaped = g_markup_escape_text(text.c_str(), -1);
    char* html = purple_strdup_withhtml(escaped);
    std::string out = html;
    g_free(html);
    g_free(escaped);
    return out;
}

void send(words& in, const char* self, bool is_html) {
    const auto who = in.next();
    const auto text = in.rest();
    auto* connection = current_connection(self);
    if (connection == nullptr) return;
    if (!who || !text) return report_usage(self);
    auto* account = purple_connection_get_account(connection);
    const std::string name = person(*who);
    PurpleConversation* conversation = find_conversation(account, name);
    if (conversation == nullptr) {
        conversation = purple_conversation_new(PURPLE_CONV_TYPE_IM, account, name.c_str());
    }
    purple_conv_im_send(PURPLE_CONV_IM(conversation), (is_html ? *text : as_html(*text)).c_str());
}

void run_im(words& in) {
    send(in, "im", false);
}
void run_im_html(words& in) {
    send(in, "im-html", true);
}

void run_typing(words& in) {
    const auto who = in.next();
    const auto state = in.next();
    auto* connection = current_connection("typing");
    if (connection == nullptr) return;
    if (!who) return report_usage("typing");
    serv_send_typing(
        connection, person(*who).c_str(), state == "off" ? PURPLE_NOT_TYPING : PURPLE_TYPING);
}

void run_close(words& in) {
    const auto who = in.next();
    auto* account = current_account("close");
    if (account == nullptr) return;
    if (!who) return report_usage("close");
    PurpleConversation* conversation = find_conversation(account, person(*who));
    if (conversation == nullptr) return report_error("close", "no conversation with " + *who);
    purple_conversation_destroy(conversation);
}

void run_list_conversations(words&) {
    std::vector<std::string> names;
    for (GList* l = purple_get_ims(); l != nullptr; l = l->next) {
        names.push_back(
            json::quoted(purple_conversation_get_name(static_cast<PurpleConversation*>(l->data))));
    }
    event("conversations").raw("conversations", json::array(names)).send();
}

constexpr std::array table{
    command{"im", run_im, "WHO TEXT"},
    command{"im-html", run_im_html, "WHO HTML"},
    command{"typing", run_typing, "WHO [on|off]"},
    command{"close", run_close, "WHO"},
    command{"list-conversations", run_list_conversations, ""},
};

} // namespace

std::span<const command> im_commands() {
    return table;
}

} // namespace purple_drive
