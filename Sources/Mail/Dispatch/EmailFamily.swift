import Foundation
import Postgres

/// An e-mail with its variants and translations, as far as is needed to pick a version.
struct EmailFamily: Sendable {
  struct Version: Sendable {
    var id: Int64
    var language: String
    var isTranslation: Bool
    /// The share of a variant in percent; nil for the parent and translations.
    var weight: Int?
    /// The number of contacts who were given this variant so far.
    var chosen: Int
    var isPublished: Bool
  }

  let id: Int64
  let category: Int64?
  /// The requested version.
  let requested: Version
  /// The published versions by id, including the requested one.
  let versions: [Version]
  /// Whether the requested version is published (EML-102).
  let isPublished: Bool
  let isList: Bool

  /// Returns the condition that an e-mail may be sent, by its switch, its publication window and its category
  /// (EML-102).
  static func isOpen(_ alias: StaticString, now: Date) -> SQL {
    let table: SQL = "\(literal: alias)"
    return """
      (\(sql: table).is_published
        AND (\(sql: table).publish_up IS NULL OR \(sql: table).publish_up <= \(now))
        AND (\(sql: table).publish_down IS NULL OR \(sql: table).publish_down > \(now))
        AND NOT EXISTS (SELECT FROM categories k
          WHERE k.id = \(sql: table).category_id AND NOT k.is_published))
      """
  }

  /// Returns the translation for a contact's locale (EML-140): the same locale, else the same language, else the
  /// requested version. Of several the lowest id counts.
  func translation(for locale: String?) -> Version {
    guard let locale, !locale.isEmpty else { return requested }
    let wanted = Self.key(locale)
    let choices = [requested] + versions.filter(\.isTranslation)
    if let exact = choices.first(where: { Self.key($0.language) == wanted }) { return exact }
    let language = wanted.prefix { $0 != "_" }
    return choices.dropFirst().first { Self.key($0.language).prefix { $0 != "_" } == language }
      ?? requested
  }

  private static func key(_ locale: String) -> String {
    locale.lowercased().replacing("-", with: "_")
  }

  /// The published variants in order, if the parent was requested (EML-150, EML-151).
  var variants: [Version] {
    guard requested.id == id else { return [] }
    return versions.filter { ($0.weight ?? 0) > 0 }
  }

  /// Returns how many of `count` contacts get each variant, in their order; the parent gets the rest. Over all
  /// batches each variant has its share of the total, rounded up (EML-150).
  static func shares(_ variants: [Version], parentChosen: Int, count: Int) -> [Int] {
    let total = parentChosen + variants.reduce(0) { $0 + $1.chosen } + count
    var left = count
    return variants.map { variant in
      let wanted = (total * (variant.weight ?? 0) + 99) / 100
      let share = min(left, max(0, wanted - variant.chosen))
      left -= share
      return share
    }
  }
}
