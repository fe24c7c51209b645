package import Assets
package import Foundation

/// Receives the files of submissions before these are checked (FRM-17). A file that no submission keeps is removed: at
/// once where the request ends with it, by the pruning of files where its process died.
package struct FormUploads: Sendable {
  private let forms: FormStore
  private let files: MediaFileStore

  package init(forms: FormStore, files: MediaFileStore) {
    self.forms = forms
    self.files = files
  }

  /// Returns what the fields of a form take, by alias; empty for one that takes no files, or no submissions.
  package func bounds(of form: Int64, at instant: Date) async throws -> [String: MediaBounds] {
    guard let form = try await forms.known(form), form.values.closure(at: instant) == nil else {
      return [:]
    }
    var bounds: [String: MediaBounds] = [:]
    for field in form.fields where field.type == .file {
      bounds[field.alias] = FileBounds.of(field.settings.properties)
    }
    return bounds
  }

  /// Receives a file.
  ///
  /// - Parameters:
  ///   - name: The name with which it comes.
  ///   - form: The form.
  ///   - bounds: What it may be.
  ///   - next: Returns the next bytes, nil at the end.
  /// - Throws: What `next` throws; `PostgresError`; `ObjectError`. Nothing of the file remains then.
  package func receive<Chunk: Collection<UInt8>>(
    _ name: String, for form: Int64, within bounds: MediaBounds,
    isolation: isolated (any Actor)? = #isolation, _ next: () async throws -> Chunk?
  ) async throws -> FormUpload {
    do {
      let file = try await files.receive(
        .submissions(of: form), name: name, by: nil, within: bounds, next)
      return .received(file.id, name: file.originalName)
    } catch let error as MediaError {
      return .refused("\(error)")
    }
  }

  /// Removes files that were not kept.
  package func discard(_ uploads: [FormUpload], keeping kept: Set<Int64> = []) async throws {
    try await files.discard(uploads.compactMap(\.file).filter { !kept.contains($0) })
  }
}
