/// Gives files their served names, those first that others refer to.
struct AssetNames {
  private let files: [String: [UInt8]]
  /// The files whose imports must be there: those of the program's own. Scripts of others are taken as they are.
  private let own: Set<String>
  private var served: [String: String] = [:]
  private var assets: [String: ConsoleAsset] = [:]
  /// The files that lead to the one at hand.
  private var way: [String] = []

  init(own: [ConsoleAssets.File], others: [ConsoleAssets.File]) {
    files = Dictionary(
      (own + others).map { ($0.name, $0.bytes) }, uniquingKeysWith: { first, _ in first })
    self.own = Set(own.map(\.name))
  }

  /// The served names by plain names, and what is served by served names.
  func resolved() throws(ConsoleAssetsError) -> (
    served: [String: String], assets: [String: ConsoleAsset]
  ) {
    var names = self
    for name in files.keys.sorted() { try names.resolve(name) }
    return (names.served, names.assets)
  }

  /// Gives a file its name, after the files that it refers to.
  private mutating func resolve(_ name: String) throws(ConsoleAssetsError) {
    guard served[name] == nil, let bytes = files[name] else { return }
    guard let type = AssetType(name) else {
      throw ConsoleAssetsError("\(name) is of no type that the console serves")
    }
    if let start = way.firstIndex(of: name) {
      let circle = (way[start...] + [name]).joined(separator: " → ")
      throw ConsoleAssetsError(
        "files that refer to each other in a circle have no names: \(circle)")
    }
    way.append(name)
    let written = try rewritten(name, bytes, type)
    way.removeLast()
    let digest = try ConsoleAsset.digest(written)
    let servedName = "\(name.dropLast(type.rawValue.count + 1))-\(digest).\(type.rawValue)"
    assets[servedName] = try ConsoleAsset(written, type: type, digest: digest)
    served[name] = servedName
  }

  /// The bytes of a file with the served names of those that it refers to.
  private mutating func rewritten(
    _ name: String, _ bytes: [UInt8], _ type: AssetType
  ) throws(ConsoleAssetsError) -> [UInt8] {
    let found: [AssetReference]
    switch type {
    case .js where own.contains(name): found = AssetReference.inScript(bytes)
    case .css: found = AssetReference.inStyle(bytes)
    default: return bytes
    }
    var written: [UInt8] = []
    var place = 0
    for reference in found {
      try resolve(reference.name)
      guard let replacement = served[reference.name] else {
        // What others made may be missing; pages load it by address and find out.
        guard reference.isImport else { continue }
        throw ConsoleAssetsError("\(name) imports \(reference.name), which is not there")
      }
      written += bytes[place..<reference.range.lowerBound]
      written += Array(replacement.utf8)
      place = reference.range.upperBound
    }
    return written + bytes[place...]
  }
}
