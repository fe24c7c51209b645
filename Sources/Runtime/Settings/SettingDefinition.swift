/// A setting without its type.
package struct SettingDefinition: Sendable {
  package let name: String
  /// What it belongs to.
  package let group: SettingGroup
  /// Its type and range, for a person.
  package let type: String
  /// Its default, as text.
  package let standard: String
  /// Its effect, without when it begins.
  package let effect: String
  /// What its values are.
  package let shape: SettingShape
  /// Whether a process with the API reads it at its start, and not again.
  package let isReadAtStart: Bool
  let accepts: @Sendable (String) -> Bool

  /// Its effect, and from when on.
  var fullEffect: String {
    isReadAtStart ? "\(effect); from the start of an API process" : effect
  }
}

/// A setting of any type, for lists.
protocol ListedSetting: Sendable {
  /// The setting without its type.
  func definition(in group: SettingGroup) -> SettingDefinition
}

extension Setting: ListedSetting {
  func definition(in group: SettingGroup) -> SettingDefinition {
    let read = read
    return SettingDefinition(
      name: name, group: group, type: type, standard: write(standard), effect: effect,
      shape: shape, isReadAtStart: isReadAtStart, accepts: { read($0) != nil })
  }
}
