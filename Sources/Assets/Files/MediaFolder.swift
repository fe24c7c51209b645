/// A folder of uploaded files: `images` or `media`, with folders inside by their names (api.md 10).
package struct MediaFolder: Sendable, Hashable {
  /// The folder of pictures for e-mails and pages, which anybody may see.
  package static let images = "images"
  /// The folder of files for assets.
  package static let media = "media"

  /// What clients from before Mautic 5 call the folder of files for assets.
  private static let oldMedia = "assets"

  /// The folder of files that come with submissions of forms. Nobody can name it.
  private static let submissions = "forms"

  private static let deepest = 8
  private static let longestName = 64

  /// The names joined by slashes, beginning with one of the two.
  package let path: String

  /// The first name.
  var root: String { String(path.prefix { $0 != "/" }) }

  /// Whether its files are pictures that anybody may see.
  package var isPublic: Bool { root == Self.images }

  /// Whether a file in it goes away by itself unless a record keeps it.
  var isLent: Bool { root == Self.submissions }

  /// The path inside of the first folder; empty for that one itself.
  package var inner: String { String(path.dropFirst(root.count + 1)) }

  /// The folder of the files that come with submissions of a form.
  package static func submissions(of form: Int64) -> MediaFolder {
    MediaFolder(path: "\(submissions)/\(form)")
  }

  private init(path: String) { self.path = path }

  /// Reads a folder as the API names it.
  ///
  /// - Parameters:
  ///   - name: The names joined by points: `images.a.b`. `assets` at the beginning is `media`.
  ///   - inner: Further names joined by slashes.
  /// - Throws: ``MediaError`` `unknownFolder`.
  package init(_ name: String, inner: String? = nil) throws(MediaError) {
    var names = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    names += (inner ?? "").split(separator: "/").map(String.init)
    if names.first == Self.oldMedia { names[0] = Self.media }
    guard let root = names.first, [Self.images, Self.media].contains(root),
      names.count <= Self.deepest, names.allSatisfy(Self.isName)
    else { throw MediaError.unknownFolder(String(name.prefix(60))) }
    path = names.joined(separator: "/")
  }

  private static func isName(_ name: String) -> Bool {
    (1...longestName).contains(name.utf8.count)
      && name.utf8.allSatisfy {
        (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
          || $0 == 0x2D || $0 == 0x5F
      }
  }
}

/// A refused upload, or a file that is not there.
package enum MediaError: Error, Sendable, Equatable, CustomStringConvertible {
  case unknownFolder(String)
  case extensionNotAllowed(String, allowed: [String])
  case tooLarge(limit: Int64)
  case empty
  case tooSlow
  case notFound(String)

  package var description: String {
    switch self {
    case .unknownFolder(let name): "There is no folder \"\(name)\"; name images or media."
    case .extensionNotAllowed(let name, let allowed):
      "\"\(name)\" has none of the extensions \(allowed.joined(separator: ", "))."
    case .tooLarge(let limit): "The file is larger than the limit of \(limit) bytes."
    case .empty: "The file is empty."
    case .tooSlow: "The file took longer than twelve hours."
    case .notFound(let name): "There is no file \"\(name)\"."
    }
  }
}
