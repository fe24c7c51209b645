import Assets
import Contacts
import Primitives

/// A file that came with a submission.
package enum FormUpload: Sendable, Equatable {
  /// It was received, and goes away by itself unless the submission keeps it.
  case received(Int64, name: String)
  /// It was not received.
  case refused(String)

  /// The id of a received file.
  package var file: Int64? { if case .received(let id, _) = self { id } else { nil } }
}

/// The files that a field takes (FRM-17).
enum FileBounds {
  /// The ends of names that are allowed where the operator names none.
  static let extensions: Set<String> = [
    "csv", "doc", "docx", "epub", "gif", "jpg", "jpeg", "mpg", "mpeg", "mp3", "odt", "odp", "ods",
    "pdf", "png", "ppt", "pptx", "tif", "tiff", "txt", "wav", "xls", "xlsx",
  ]
  /// Ends of programs, and of pages in which scripts run: none is ever allowed.
  private static let refused: Set<String> = [
    "apk", "app", "asp", "aspx", "bat", "cgi", "cmd", "com", "cpl", "dll", "exe", "hta", "htm",
    "html",
    "jar", "js", "jsp", "lnk", "mjs", "msi", "phar", "php", "php3", "php4", "php5", "php7", "phps",
    "pht", "phtml", "pif", "pl", "ps1", "py", "rb", "scr", "sh", "shtml", "svg", "swf", "vb", "vbs",
    "wsf", "xht", "xhtml", "xml", "xsl",
  ]
  /// The size where the operator names none, and the greatest, in MB.
  private static let (usual, most) = (6.0, 100.0)

  /// Returns what a field with these properties takes; what cannot be used of them counts as missing.
  static func of(_ properties: JSONValue) -> MediaBounds {
    var bounds = MediaBounds(
      extensions: given(properties) ?? extensions, size: Int64(usual * 1_048_576))
    if let size = size(properties) { bounds.size = Int64(size * 1_048_576) }
    bounds.extensions.subtract(refused)
    return bounds
  }

  /// Checks properties.
  ///
  /// - Throws: `InvalidInput` naming the property.
  static func check(_ properties: JSONValue, _ member: String) throws(InvalidInput) {
    for end in (given(properties) ?? []).sorted() {
      guard end.utf8.count <= 10, end.utf8.allSatisfy({ $0.isLetter || $0.isDigit }),
        !refused.contains(end)
      else {
        throw InvalidInput(
          "\(member).allowed_file_extensions", "\(InvalidInput.shown(end)) is never allowed")
      }
    }
    guard let text = properties["allowed_file_size"]?.text, !text.isEmpty else { return }
    guard size(properties) != nil else {
      throw InvalidInput(
        "\(member).allowed_file_size",
        "\(InvalidInput.shown(text)) is no number of MB above 0, at most \(Int(most))")
    }
  }

  /// The ends that the operator names; nil without any.
  private static func given(_ properties: JSONValue) -> Set<String>? {
    let texts: [String] =
      switch properties["allowed_file_extensions"] {
      case .array(let items)?: items.compactMap(\.text)
      case .object(let members)?: members.values.compactMap(\.text)
      case let value?: (value.text ?? "").split(separator: ",").map(String.init)
      case nil: []
      }
    let ends = texts.map { text in
      String(text.trimmingBlanks().lowercased().drop { $0 == "." })
    }.filter { !$0.isEmpty }
    return ends.isEmpty ? nil : Set(ends)
  }

  private static func size(_ properties: JSONValue) -> Double? {
    guard let size = properties["allowed_file_size"]?.text.flatMap(Double.init), size > 0,
      size <= most
    else { return nil }
    return size
  }
}
