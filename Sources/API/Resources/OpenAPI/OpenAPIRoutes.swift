import HTTPTypes
import Hummingbird

/// `/api/openapi.json` and `/api/docs` (API page, 11.8), open to anyone.
struct OpenAPIRoutes: Sendable {
  private let rendered: RenderedDocument

  /// - Parameter routes: All other routes.
  init(routes: [Route], version: String) {
    // The document has its own two routes too; that they answer is of no interest to it.
    let all = routes + [Self.document, Self.page]
    rendered = RenderedDocument { OpenAPIDocument(routes: all, version: version) }
  }

  var routes: [Route] {
    [
      answering(Self.document) { [rendered] in try await rendered.document.response(to: $0) },
      answering(Self.page) { [rendered] in try await rendered.page.response(to: $0) },
    ]
  }

  private static let document = Route(.get, "/api/openapi.json", needs: .anyone) { _ in
    throw APIError.unknownRoute
  }.described("This document", answer: .type("object"))
  private static let page = Route(.get, "/api/docs", needs: .anyone) { _ in
    throw APIError.unknownRoute
  }.described("This document as a page", file: "text/html")

  private func answering(_ route: Route, _ handler: @escaping Route.Handler) -> Route {
    var route = route
    route.handler = handler
    return route
  }
}
