import API
import Contacts
import Runtime

extension Backends {
  /// The settings as the API shows and sets them.
  var settingsService: SettingsService {
    let (settings, clock) = (settings, jobs.clock)
    return SettingsService(
      list: {
        let entries = try await settings.list()
        return zip(SettingDefinition.all, entries).map { definition, entry in
          SettingEntry(
            name: entry.name, group: definition.group.rawValue,
            kind: SettingKind(definition.shape), value: entry.value,
            standard: entry.default, type: definition.type, effect: definition.effect,
            isReadAtStart: definition.isReadAtStart)
        }
      },
      set: { name, value, author in
        do {
          if let value {
            try await settings.set(name, to: value, by: author, now: clock.now)
          } else {
            try await settings.reset(name, by: author, now: clock.now)
          }
        } catch let problem as Settings.Problem {
          throw problem.asInput
        }
      })
  }
}

extension Settings.Problem {
  /// The problem as one of the member with the value.
  fileprivate var asInput: InvalidInput {
    switch self {
    case .unknown: InvalidInput("name", description)
    case .invalid(_, let value, let type):
      InvalidInput("value", "\(InvalidInput.shown(value)) is refused, it takes: \(type)")
    }
  }
}

extension SettingKind {
  fileprivate init(_ shape: SettingShape) {
    self =
      switch shape {
      case .flag: .flag
      case .whole(let range): .whole(range)
      case .choice(let words): .choice(words)
      case .list: .list
      case .text: .text
      case .longText: .longText
      }
  }
}
