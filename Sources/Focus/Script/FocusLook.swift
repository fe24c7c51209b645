import Foundation
import Primitives

/// The colours and the font of a focus item.
struct FocusLook {
  private let primary: FocusColor
  private let text: FocusColor
  private let button: FocusColor
  private let buttonText: FocusColor
  private let font: String

  /// Reads the look out of an item's properties; a text without a colour gets the one that is read more easily.
  init(_ properties: JSONValue) {
    let (content, colors) = (properties["content"], properties["colors"])
    primary = FocusColor(colors?["primary"]) ?? .white
    text = FocusColor(colors?["text"]) ?? primary.legible
    button = FocusColor(colors?["button"]) ?? .blue
    buttonText = FocusColor(colors?["button_text"]) ?? button.legible
    font = Self.font(content?["font"]?.text ?? "")
  }

  /// The style sheet of an item, CSS whose rules concern nothing else in the page.
  func sheet(of id: Int64) -> String {
    String(decoding: PackageResources.focus_css, as: UTF8.self)
      .replacing("#box", with: "#mautic-focus-\(id)")
      .replacing("$primary", with: primary.css).replacing("$text", with: text.css)
      .replacing("$buttonText", with: buttonText.css).replacing("$button", with: button.css)
      .replacing("$font", with: font)
      // A form stands on white; where all is white it needs no edge.
      .replacing("$inset", with: primary.contrast(with: .white) < 1.1 ? "0" : "20px")
  }

  /// Names of fonts; without what would end a style.
  private static func font(_ text: String) -> String {
    let plain = text.prefix(200).filter {
      $0.isASCII && ($0.isLetter || $0.isNumber || " ,-".contains($0))
    }
    return plain.contains(where: \.isLetter) ? plain : "system-ui, sans-serif"
  }
}
