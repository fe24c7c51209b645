import Foundation

/// The names by which searches and programs address segments (SEG-01).
package enum SegmentAlias {
  /// The maximum length of an alias, in characters as the database counts them.
  package static let maximumLength = 191

  /// Derives the alias from a name: lower case, with one hyphen for each run of other characters than
  /// letters and digits, none at the ends. A name without any gives `segment`.
  package static func derived(from name: String) -> String {
    clean(name, keeping: "")
  }

  /// Normalizes an alias that a user entered; `_` stays. Empty text stays empty.
  package static func cleaned(_ alias: String) -> String {
    alias.allSatisfy(\.isWhitespace) ? "" : clean(alias, keeping: "_")
  }

  /// Appends a number to an alias, except 0, shortening the alias so that both fit.
  static func numbered(_ alias: String, _ number: Int) -> String {
    guard number > 0 else { return alias }
    let suffix = String(number)
    return cut(alias, to: maximumLength - suffix.count) + suffix
  }

  private static func clean(_ text: String, keeping kept: String) -> String {
    var alias = ""
    for character in text.lowercased().precomposedStringWithCanonicalMapping {
      if character.isLetter || character.isWholeNumber || kept.contains(character) {
        alias.append(character)
      } else if !alias.isEmpty, alias.last != "-" {
        alias.append("-")
      }
    }
    alias = cut(alias, to: maximumLength)
    return alias.isEmpty ? "segment" : alias
  }

  private static func cut(_ alias: String, to length: Int) -> String {
    var alias = alias
    if alias.unicodeScalars.count > length {
      alias = String(String.UnicodeScalarView(alias.unicodeScalars.prefix(length)))
    }
    while alias.last == "-" { alias.removeLast() }
    return alias
  }
}
