import Contacts
import Synchronization

@testable import API

/// Settings of each kind, kept in memory, as the product gives them to the API.
final class SomeSettings: Sendable {
  private let values = Mutex<[String: String]>([:])

  private static let all = [
    entry("cookie_secure", .flag, "true"), entry("export_days", .whole(1...3650), "7"),
    entry("privacy_signals", .choice(["ignore", "anonymous", "drop"]), "anonymous"),
    entry("cors_valid_domains", .list, ""), entry("mailer_from_name", .text, "Martlet"),
    entry("unsubscribe_text", .longText, "<a href=\"|URL|\">Leave</a>"),
  ]

  private static func entry(
    _ name: String, _ kind: SettingKind, _ standard: String
  ) -> SettingEntry {
    SettingEntry(
      name: name, group: "general", kind: kind, value: standard, standard: standard,
      type: "what \(name) takes", effect: "what \(name) does", isReadAtStart: name == "export_days")
  }

  var service: SettingsService {
    SettingsService(
      list: {
        let values = self.values.withLock { $0 }
        return Self.all.map { setting in
          var setting = setting
          setting.value = values[setting.name] ?? setting.standard
          return setting
        }
      },
      set: { name, value, _ in
        if case .whole(let range) = Self.all.first(where: { $0.name == name })?.kind, let value {
          guard let number = Int(value), range.contains(number) else {
            throw InvalidInput("value", "\(InvalidInput.shown(value)) is refused")
          }
        }
        self.values.withLock { $0[name] = value }
      })
  }
}
