import Contacts
import Primitives

/// Attributes that an operator gives to an element of a form, such as `class="wide" data-x="1"`.
///
/// Only names that style and describe are kept: an attribute that runs code or leads elsewhere is refused.
enum FormAttributes {
  /// Names that are allowed beside those that begin with `data-` or `aria-`.
  private static let names: Set<String> = [
    "accept", "accept-charset", "autocapitalize", "autocomplete", "autofocus", "class", "cols",
    "dir", "disabled", "enterkeyhint", "inputmode", "lang", "max", "maxlength", "min", "minlength",
    "multiple", "novalidate", "pattern", "placeholder", "readonly", "role", "rows", "size",
    "spellcheck", "step", "style", "tabindex", "target", "title", "wrap",
  ]

  /// Returns the text if it is nothing but such attributes; nil for an empty one.
  ///
  /// - Throws: `InvalidInput` naming the member.
  static func checked(_ text: String, _ member: String) throws(InvalidInput) -> String? {
    let text = text.trimmingBlanks()
    guard !text.isEmpty else { return nil }
    guard text.unicodeScalars.count <= FormLimits.label, !text.contains("\0") else {
      throw InvalidInput(
        member, "\(InvalidInput.shown(text)) is longer than \(FormLimits.label) characters")
    }
    guard parse(text) != nil else {
      throw InvalidInput(
        member,
        "\(InvalidInput.shown(text)) is not a list of attributes such as class=\"wide\" that style or describe"
      )
    }
    return text
  }

  /// Returns the attributes by name, values not escaped; nil for what is none or not allowed.
  static func parse(_ text: String) -> [(name: String, value: String?)]? {
    var rest = text[...]
    var attributes: [(name: String, value: String?)] = []
    while true {
      rest = rest.drop(while: \.isWhitespace)
      guard !rest.isEmpty else { return attributes }
      let name = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
        .lowercased()
      guard names.contains(name) || ["data-", "aria-"].contains(where: name.hasPrefix) else {
        return nil
      }
      rest = rest.dropFirst(name.count)
      guard rest.first == "=" else {
        attributes.append((name, nil))
        continue
      }
      rest = rest.dropFirst()
      let value: Substring
      if let quote = rest.first, quote == "\"" || quote == "'" {
        value = rest.dropFirst().prefix { $0 != quote }
        rest = rest.dropFirst(value.count + 1)
        guard rest.first == quote else { return nil }
        rest = rest.dropFirst()
      } else {
        value = rest.prefix { !$0.isWhitespace && !"\"'=<>`".contains($0) }
        rest = rest.dropFirst(value.count)
      }
      attributes.append((name, String(value)))
    }
  }
}
