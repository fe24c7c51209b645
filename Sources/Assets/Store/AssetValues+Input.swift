package import Contacts
import Foundation
package import Primitives

extension AssetValues {
  private static let longestAddress = 2_000

  /// Applies an input to the values that there are; the file is set by ``setFile(_:_:)``.
  ///
  /// - Parameters:
  ///   - input: The values given.
  ///   - before: The values so far; nil for a new asset.
  ///   - replacing: Whether values that are not given are set to their defaults. The file stays.
  /// - Throws: `InvalidInput`.
  package init(_ input: AssetInput, before: AssetValues?, replacing: Bool) throws(InvalidInput) {
    let kept = replacing ? nil : before
    self = kept ?? AssetValues()
    if kept == nil || input.title != nil { title = try RecordText.name(input.title, "title") }
    if let text = input.alias, !text.isEmpty { alias = Self.slug(text) }
    if alias.isEmpty { alias = Self.slug(title) }
    if let text = input.description {
      description = try RecordText.optional(text, "description", html: true)
    }
    category = input.category ?? category
    if let text = input.language {
      language = try RecordText.optional(text, "language", limit: 35) ?? "en"
    }
    publishUp = input.publishUp ?? publishUp
    publishDown = input.publishDown ?? publishDown
    isHiddenFromSearch = input.isHiddenFromSearch ?? isHiddenFromSearch
    isPublished = input.isPublished ?? isPublished
    if let before {
      (storage, file, url) = (before.storage, before.file, before.url)
      (fileExtension, mime, size) = (before.fileExtension, before.mime, before.size)
    }
    if let text = input.storage {
      guard let storage = Asset.Storage(rawValue: text) else {
        throw InvalidInput(
          "storageLocation", "\(InvalidInput.shown(text)) is neither local nor remote")
      }
      if storage != before?.storage, (input.file ?? "").isEmpty {
        throw InvalidInput("file", "a value is required")
      }
      self.storage = storage
    } else if before == nil {
      throw InvalidInput("storageLocation", "a value is required")
    }
  }

  /// Sets an uploaded file.
  mutating func setFile(_ media: MediaFile) {
    (file, url) = (media.id, nil)
    (fileExtension, mime, size) = (media.fileExtension, media.mime, media.size)
  }

  /// Sets a file elsewhere, by its address alone: extension and type are guessed from the name.
  ///
  /// - Throws: `InvalidInput`.
  mutating func setAddress(_ text: String) throws(InvalidInput) {
    let address = text.trimmingBlanks()
    let shown = InvalidInput.shown(address)
    let lower = address.lowercased()
    guard let scheme = ["http://", "https://"].first(where: { lower.hasPrefix($0) }),
      address.dropFirst(scheme.count).first.map({ !"/?#:@".contains($0) }) ?? false
    else {
      throw InvalidInput("file", "\(shown) is no address that begins with http:// or https://")
    }
    guard address.utf8.count <= Self.longestAddress,
      address.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F && $0 != 0x5C })
    else {
      throw InvalidInput(
        "file",
        "\(shown) has blanks or control characters, or is longer than \(Self.longestAddress) bytes")
    }
    let path = address.dropFirst(scheme.count).prefix { $0 != "?" && $0 != "#" }
    let name = path.split(separator: "/").dropFirst().last ?? ""
    let end = name.contains(".") ? name.split(separator: ".").last.map { $0.lowercased() } : nil
    let isPlain = end.map { $0.utf8.count <= 16 && $0.utf8.allSatisfy(Self.isPlain) } ?? false
    (file, url, size) = (nil, address, 0)
    fileExtension = isPlain ? end : nil
    mime = ContentType.of(fileExtension)
  }

  /// The readable part of an address: small letters, digits and hyphens of a text.
  static func slug(_ text: String) -> String {
    var slug = ""
    for byte in text.lowercased().utf8 {
      if isPlain(byte) {
        slug.unicodeScalars.append(Unicode.Scalar(byte))
      } else if slug.last.map({ $0 != "-" }) ?? false {
        slug += "-"
      }
      if slug.utf8.count == 191 { break }
    }
    while slug.last == "-" { slug.removeLast() }
    return slug.isEmpty ? "asset" : slug
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte)
  }

  /// The values by name, for the audit log.
  package var members: [(name: String, value: JSONValue)] {
    [
      ("title", .string(title)), ("alias", .string(alias)), ("description", JSONValue(description)),
      ("category", JSONValue(category)), ("language", .string(language)),
      ("publishUp", JSONValue(publishUp)),
      ("publishDown", JSONValue(publishDown)),
      ("storageLocation", .string(storage.rawValue)),
      ("file", file.map { .integer($0) } ?? JSONValue(url)),
      ("disallow", .boolean(isHiddenFromSearch)), ("isPublished", .boolean(isPublished)),
    ]
  }
}
