import HTTPTypes
import Hummingbird

/// `/api/openapi.json` and `/api/docs` (API page, 11.8), open to anyone.
struct OpenAPIRoutes: Sendable {
  private let rendered: RenderedDocument

  /// - Parameter routes: All other routes.
  init(routes: [Route], version: String) {
    // The document has its own two routes too; that they answer is of no interest to it.
    let own = [Self.document, Self.page].map { route in
      Route(.get, route.path, needs: .anyone) { _ in throw APIError.unknownRoute }
        .described(route.operation)
    }
    rendered = RenderedDocument { OpenAPIDocument(routes: routes + own, version: version) }
  }

  var routes: [Route] {
    [
      Route(.get, Self.document.path, needs: .anyone) { [rendered] request in
        try await rendered.document.response(to: request)
      }.described(Self.document.operation),
      Route(.get, Self.page.path, needs: .anyone) { [rendered] request in
        try await rendered.page.response(to: request)
      }.described(Self.page.operation),
    ]
  }

  private static let document = (
    path: "/api/openapi.json",
    operation: Operation(
      "This document", query: "", answers: [.init(status: 200, schema: .type("object"))])
  )
  private static let page = (
    path: "/api/docs",
    operation: Operation(
      "This document as a page", query: "", answers: [.init(status: 200, type: "text/html")])
  )
}
