import API
import HTTPTypes
import Hummingbird

/// `/console/assets/{name}`: style sheets, scripts and fonts, for everybody: they are the same in every installation. Their
/// names hold their digests, so that browsers keep them for ever (CSL-3).
struct AssetRoute: Sendable {
  let assets: ConsoleAssets

  var route: Route {
    Route(.get, "/console/assets/{name:text}", needs: .anyone) { request in
      let takesGzip = request.headers[.acceptEncoding]?.contains("gzip") == true
      guard let file = assets.answer(try request.pathText("name"), acceptsGzip: takesGzip) else {
        throw APIError.notFound
      }
      var headers: HTTPFields = [
        .contentType: file.type, .cacheControl: "public, max-age=31536000, immutable",
        .vary: "Accept-Encoding", .accessControlAllowOrigin: "*",
      ]
      if file.isGzip { headers[.contentEncoding] = "gzip" }
      return APIResponse(headers: headers, body: .whole(ByteBuffer(bytes: file.bytes)))
    }.summarized("A style sheet, script or font of the console")
  }
}
