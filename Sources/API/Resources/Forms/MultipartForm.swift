import Assets
import Forms
import Hummingbird

/// The multipart body of a submission with files, a part at a time: files are stored as they stream in, one for a field.
struct MultipartForm {
  let request: APIRequest
  /// The form that the address names.
  let form: Int64
  /// What its fields take, by alias.
  let bounds: [String: MediaBounds]
  let uploads: FormUploads

  /// The bytes of heads and boundaries beside the content of a file.
  private static let overhead = 65_536

  private var received: [String: FormUpload] = [:]

  init(
    request: APIRequest, form: Int64, bounds: [String: MediaBounds], uploads: FormUploads
  ) {
    self.request = request
    self.form = form
    self.bounds = bounds
    self.uploads = uploads
  }

  /// Reads the parts.
  ///
  /// - Returns: The plain members as a tree, and the files by alias.
  /// - Throws: `APIError` for a body that is too large or cannot be read; the files before are removed.
  mutating func read() async throws -> (JSONValue, [String: FormUpload]) {
    do {
      return (try await parts(), received)
    } catch {
      // Where that fails, they go away by themselves.
      do {
        try await uploads.discard(Array(received.values))
      } catch {
        request.logger.warning("files were not removed", metadata: ["error": "\(error)"])
      }
      throw error
    }
  }

  private mutating func parts() async throws -> JSONValue {
    let files = bounds.values.reduce(0) { $0 + Int(clamping: $1.size) + Self.overhead }
    try request.checkLength(limit: request.parameterLimit + files)
    let reader = try MultipartReader(body: request.body, contentType: request.contentType)
    var members: [(name: String, value: String)] = []
    var room = request.parameterLimit
    while let part = try await reader.nextPart() {
      guard let filename = part.filename else {
        let value = try await reader.text(upTo: room)
        room -= value.utf8.count
        members.append((part.name, value))
        continue
      }
      // A browser sends an input without a file with an empty name.
      guard !filename.isEmpty, let alias = Self.alias(part.name), received[alias] == nil,
        let bounds = bounds[alias]
      else { continue }
      received[alias] = try await uploads.receive(filename, for: form, within: bounds) {
        try await reader.nextChunk()?.readableBytesView
      }
    }
    return try BracketParameters.tree(members)
  }

  /// The alias in `mauticform[alias]`, also with brackets for several.
  private static func alias(_ name: String) -> String? {
    guard name.hasPrefix("mauticform[") else { return nil }
    let rest = name.dropFirst("mauticform[".count)
    guard let end = rest.firstIndex(of: "]") else { return nil }
    return String(rest[..<end])
  }
}
