import Postgres
import Synchronization

/// The parameters that were read of a body.
final class ReadBody: Sendable {
  private let state = Mutex(JSONValue.null)

  var value: JSONValue {
    get { state.withLock { $0 } }
    set { state.withLock { $0 = newValue } }
  }
}

extension APIRequest {
  /// Runs a handler; where the database refuses a value that no column can hold, the parameters that have one are named.
  ///
  /// - Throws: `APIError` 400, and what the handler throws.
  func namingUnstorable<R>(_ body: () async throws -> R) async throws -> R {
    do {
      return try await body()
    } catch let error as PostgresError where error.sqlState?.errorClass == "22" {
      let parameters = [query, readBody.value].flatMap { $0.asObject?.members ?? [] }
      let places = parameters.compactMap { $0.value.kept.unstorable($0.key) }
      guard !places.isEmpty else { throw error }
      throw APIError.validation(
        places.map { ($0, ["holds a NUL character, which cannot be kept"]) })
    }
  }
}
