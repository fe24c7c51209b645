public import Foundation

/// One of the product's settings: its name, type, default and effect.
public struct Setting<Value: Sendable>: Sendable {
  /// Its name, as in `martlet settings set NAME VALUE`.
  public let name: String
  /// What it holds where nobody set it.
  public let standard: Value
  let type: String
  let effect: String
  let read: @Sendable (String) -> Value?
  let write: @Sendable (Value) -> String

  /// What the listing shows, without the type's details.
  var definition: SettingDefinition {
    let read = read
    return SettingDefinition(
      name: name, type: type, standard: write(standard), effect: effect,
      accepts: { read($0) != nil })
  }
}

/// What is known of a setting, whatever its type.
public struct SettingDefinition: Sendable {
  /// Its name.
  public let name: String
  /// Its type and range, for a person.
  public let type: String
  /// Its default, as text.
  public let standard: String
  /// What it does.
  public let effect: String
  let accepts: @Sendable (String) -> Bool
}

extension Setting where Value == Int {
  /// How many imports of one object run at once; a further one waits (IMP-24).
  public static let parallelImportLimit = Setting<Int>(
    name: "parallel_import_limit", standard: 4, type: "whole number from 1 to 1000",
    effect: "imports of one object that run at once; a further one waits, delayed",
    read: { text in Int(text).flatMap { (1...1000).contains($0) ? $0 : nil } },
    write: { String($0) })
}

extension Setting where Value == TimeZone {
  /// The zone of dates that name none (IMP-31).
  public static let timeZone = Setting<TimeZone>(
    name: "time_zone", standard: .gmt, type: "time zone such as Europe/Vienna",
    effect: "zone of dates and times that name none",
    read: { TimeZone(identifier: $0) },
    write: { $0 == .gmt ? "UTC" : $0.identifier })
}

extension SettingDefinition {
  /// Every setting, in the order of the listing.
  public static let all: [SettingDefinition] = [
    Setting<TimeZone>.timeZone.definition,
    Setting<Int>.parallelImportLimit.definition,
  ]
}
