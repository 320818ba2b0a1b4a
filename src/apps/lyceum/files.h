#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace lyceum::apps::console {

/// What happened to files, in one clear line naming the file.
using file_result = std::expected<void, std::string>;

/// "FILE: why", of errno.
[[nodiscard]] std::string system_error(const std::string& path);

/// "the owner of FOLDER (NAME)": who may do what others may not.
[[nodiscard]] std::string owner_in_words(const std::string& folder);

/// Writes the file whole and to the disk: under another name first, then renamed. Rights such as
/// 0600. Run as root, it belongs to whom the file that it replaces belonged to, else to the
/// folder's owner.
[[nodiscard]] file_result
write_file(const std::string& path, std::string_view octets, unsigned rights);
/// The first half of that: the file whole and on the disk, under the other name; gone again when it
/// fails.
[[nodiscard]] file_result
write_draft(const std::string& path, std::string_view octets, unsigned rights);
/// That other name: FILE.new.
[[nodiscard]] std::string draft_of(const std::string& path);
/// Whether anything has that name, a symbolic link that leads nowhere too.
[[nodiscard]] bool is_there(const std::string& path);
/// The folder and those above it, as far as they are not there; the innermost first.
[[nodiscard]] std::vector<std::string> missing_folders(const std::string& path);
/// Run as root, gives a file that was just made to the owner of another file or folder.
[[nodiscard]] file_result give_to_owner_of(const std::string& model, const std::string& made);
/// At most 64 MiB.
[[nodiscard]] std::expected<std::string, std::string> read_file(const std::string& path);
/// SHA-256 of the file, in hexadecimal; of any size, for a store has no bound.
[[nodiscard]] std::expected<std::string, std::string> digest_of_file(const std::string& path);
/// Makes the folder, with these rights, and those above it; no error when it is there.
[[nodiscard]] file_result make_folder(const std::string& path, unsigned rights);
/// Waits until a folder's entries, or a file, are on the disk.
[[nodiscard]] file_result sync_to_disk(const std::string& path);

} // namespace lyceum::apps::console
