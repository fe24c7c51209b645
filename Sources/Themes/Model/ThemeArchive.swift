package import Contacts
import Postgres
import Primitives

/// An archive that was uploaded, with what was read in it.
package struct ThemeArchive: Sendable, Equatable {
  /// The maximum number of bytes of an archive.
  package static let mostBytes = 8 * 1024 * 1024
  private static let mostConfigBytes = 64 * 1024

  package let theme: Theme
  /// The archive as it came.
  let bytes: [UInt8]

  /// Reads an archive.
  ///
  /// - Parameters:
  ///   - bytes: The archive; `config.json` stands at its top.
  ///   - fileName: The name of the file, of which the theme's key is made.
  /// - Throws: `InvalidInput` naming the member `file`.
  package init(_ bytes: [UInt8], fileName: String) throws(InvalidInput) {
    guard bytes.count <= Self.mostBytes else {
      throw InvalidInput("file", "the archive has more than \(Self.mostBytes) bytes")
    }
    let key = try Self.key(of: fileName)
    let config: [UInt8]?
    do throws(ZipError) {
      config = try ZipArchive(bytes).file("config.json", upTo: Self.mostConfigBytes)
    } catch {
      throw InvalidInput("file", error.description)
    }
    guard let config else { throw InvalidInput("file", "config.json is missing in the archive") }
    let value: JSONValue
    do {
      value = try JSON(bytes: config).decode()
    } catch {
      throw InvalidInput("file", "config.json is no JSON")
    }
    guard case .object(let members) = value else {
      throw InvalidInput("file", "config.json is no object")
    }
    if let part = value.unstorable("config.json") { throw InvalidInput(part, "not valid text") }
    var name = key
    if case .string(let text)? = members["name"], !text.isEmpty {
      name = try RecordText.name(text, "name")
    }
    theme = Theme(key: key, name: name, config: value)
    self.bytes = bytes
  }

  /// The file's name without its ending; other characters than ASCII letters, digits, `-`, `_` and `.` become `_`.
  private static func key(of fileName: String) throws(InvalidInput) -> String {
    let last = fileName.split { $0 == "/" || $0 == "\\" }.last.map(String.init) ?? ""
    guard last.lowercased().hasSuffix(".zip") else {
      throw InvalidInput("file", "\(InvalidInput.shown(last)) does not end with .zip")
    }
    let key = String(
      last.dropLast(4).unicodeScalars.map { scalar -> Character in
        let isPlain =
          scalar.isASCII
          && (scalar.properties.isAlphabetic || (0x30...0x39).contains(scalar.value)
            || "-_.".unicodeScalars.contains(scalar))
        return isPlain ? Character(scalar) : "_"
      })
    guard !key.isEmpty, !key.hasPrefix("."), key.utf8.count <= 100 else {
      throw InvalidInput(
        "file", "\(InvalidInput.shown(last)) gives no name of 1 to 100 characters")
    }
    return key
  }
}
