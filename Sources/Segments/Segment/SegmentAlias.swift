import Foundation

/// The names by which searches and programs address segments (SEG-01).
package enum SegmentAlias {
  /// The most characters of an alias, as the database counts them.
  package static let maximumLength = 191

  /// The alias that a name gives: lower case, everything that is not a letter or digit as one hyphen,
  /// none at the ends. A name without any gives `segment`.
  package static func derived(from name: String) -> String {
    clean(name, keeping: "")
  }

  /// An alias as somebody wrote it, in the form that aliases have; `_` stays. Empty text stays empty.
  package static func cleaned(_ alias: String) -> String {
    alias.allSatisfy(\.isWhitespace) ? "" : clean(alias, keeping: "_")
  }

  /// The alias with a number, from 0 for the alias itself, cut so that both fit.
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
