import Foundation
import Primitives

/// The scripts, styles, fonts and pictures that the console's pages load: those of the console itself, which are part of
/// the program, and those of others, which `scripts/assets` puts into a folder (CSL-3).
///
/// Each is served under a name that holds a digest of what it is, so that browsers may keep it for good. References
/// between files are written anew with these names; a file's digest therefore changes with the files that it refers to.
package struct ConsoleAssets: Sendable {
  /// A file by its plain name, such as `console.css`.
  package typealias File = (name: String, bytes: [UInt8])

  /// Where the files are served.
  package static let root = "/console/assets/"

  /// The served names by plain names.
  private let served: [String: String]
  /// What is served, by served names.
  private let assets: [String: ConsoleAsset]

  /// Takes the program's own files and those of a folder, and reads the folder at once.
  ///
  /// The folder may be missing, and so may any file in it. A file of the program's own hides one of the same name there.
  ///
  /// - Throws: ``ConsoleAssetsError`` for an own file that is of no known type, imports what is not there, or is part of
  ///   a circle of imports, and for a file of the folder that cannot be read.
  package init(own: [File], folder: String? = nil) throws(ConsoleAssetsError) {
    let names = AssetNames(
      own: own,
      others: try folder.map { path throws(ConsoleAssetsError) in try Self.read(path) } ?? [])
    (served, assets) = try names.resolved()
  }

  /// The path under which a file is served; nil for one that is not there.
  package func path(_ name: String) -> String? { served[name].map { Self.root + $0 } }

  /// What is served under a name, the last part of a path that ``path(_:)`` gave; nil for another name.
  package func answer(_ servedName: String, acceptsGzip: Bool) -> ConsoleAsset.Answer? {
    assets[servedName]?.answer(acceptsGzip: acceptsGzip)
  }

  /// The files of a folder whose type is known. Folders inside, such as that of the licences, are left out.
  private static func read(_ folder: String) throws(ConsoleAssetsError) -> [File] {
    let manager = FileManager.default
    guard manager.fileExists(atPath: folder) else { return [] }
    do {
      return try manager.contentsOfDirectory(atPath: folder).sorted()
        .filter { AssetType($0) != nil }
        .map { name in
          (name, [UInt8](try Data(contentsOf: URL(filePath: "\(folder)/\(name)"))))
        }
    } catch {
      throw ConsoleAssetsError("\(folder) cannot be read: \(error.localizedDescription)")
    }
  }
}

/// Why the console's files cannot be served.
package struct ConsoleAssetsError: Error, CustomStringConvertible {
  /// The reason.
  package let description: String

  init(_ description: String) { self.description = description }
}
