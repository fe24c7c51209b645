/// A setting with its value.
package struct SettingEntry: Sendable {
  package var name: String
  /// A word for what it belongs to.
  package var group: String
  package var kind: SettingKind
  /// The value in force, as text.
  package var value: String
  /// The value where none is set, as text.
  package var standard: String
  /// Which values it takes, for a person.
  package var type: String
  package var effect: String
  /// Whether a process with the API reads it at its start, and not again.
  package var isReadAtStart: Bool

  package init(
    name: String, group: String, kind: SettingKind, value: String, standard: String, type: String,
    effect: String, isReadAtStart: Bool
  ) {
    self.name = name
    self.group = group
    self.kind = kind
    self.value = value
    self.standard = standard
    self.type = type
    self.effect = effect
    self.isReadAtStart = isReadAtStart
  }
}

/// What the values of a setting are.
package enum SettingKind: Sendable {
  case flag
  /// A whole number of a range.
  case whole(ClosedRange<Int>)
  /// One of these words.
  case choice([String])
  /// Several texts with commas between.
  case list
  /// A text of a line.
  case text
  /// A text of several lines.
  case longText
}
