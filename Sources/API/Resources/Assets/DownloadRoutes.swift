import Assets
import Foundation
import HTTPTypes
import Hummingbird
import JobQueue
import NIOCore

/// `/asset/{id}:{alias}`: downloads by visitors (tracking.md 13).
struct DownloadRoutes: Sendable {
  let assets: AssetStore
  let files: MediaFileStore
  let jobs: JobClient
  /// Reads the reference of a link in one of our e-mails: the send and its contact.
  let openReference: @Sendable (String) -> (send: UUID, contact: Int64)?
  /// Reads the name of a submission in a link of its form: the form and the contact.
  let submission: @Sendable (String) async throws -> (form: Int64, contact: Int64)?
  /// Tells who the visitor is.
  let visitor: @Sendable (APIRequest) async throws -> AssetVisitor

  var routes: [Route] {
    [
      Route(.get, "/asset/{slug:text}", needs: .anyone) { try await download($0) }.summarized(
        "An asset, for visitors")
    ]
  }

  private func download(_ request: APIRequest) async throws -> APIResponse {
    let slug = try request.pathText("slug")
    guard let id = Int64(slug.prefix { $0 != ":" }), id > 0,
      let asset = try await assets.find(id)
    else { return PublicPage.notFound }
    guard asset.values.isOpen(at: jobs.clock.now) else {
      return PublicPage.message(
        "Not available", "This file is not offered at present.", status: .forbidden)
    }
    var response: APIResponse
    let isNew: Bool
    if asset.values.storage == .remote, let url = asset.values.url {
      isNew = true
      response = APIResponse(
        status: .found, headers: [.location: url, .cacheControl: "private, no-store"],
        body: .whole(ByteBuffer()))
    } else {
      guard let fileID = asset.values.file, let file = try await files.file(fileID) else {
        return PublicPage.notFound
      }
      let answer = StoredFile.answer(
        file, from: files, headers: Self.headers(file, request))
      // What goes on from where it broke off, or is known already, was counted before.
      isNew = answer.isBeginning(for: request)
      response = try await answer.response(to: request)
    }
    if asset.values.isHiddenFromSearch { response.headers[.robots] = "noindex, nofollow" }
    if isNew, request.method == .get { await record(asset, request) }
    return response
  }

  /// A file is opened in the browser only where that is asked for, and only one in which nothing runs.
  private static func headers(_ file: MediaFile, _ request: APIRequest) -> HTTPFields {
    let isInline = request.query["stream"]?.truth == true && file.isShown
    return [
      .contentType: file.mime, .cacheControl: "private, no-transform",
      .contentDisposition: StoredFile.disposition(file.originalName, isInline: isInline),
      .contentSecurityPolicy: StoredFile.policy,
    ]
  }

  /// A download that cannot be counted is lost to the statistics; the visitor gets the file all the same. A user's own
  /// is not counted.
  private func record(_ asset: Asset, _ request: APIRequest) async {
    guard request.headers[.authorization] == nil else { return }
    do {
      let reference = request.query["ct"]?.text.flatMap(openReference)
      let visitor = try await visitor(request)
      guard !visitor.isExcluded else { return }
      var origin: (form: Int64, contact: Int64)?
      if let key = request.query["form"]?.text { origin = try await submission(key) }
      let download = DownloadRequest(
        asset: asset.id, contact: visitor.contact ?? reference?.contact ?? origin?.contact,
        device: visitor.device, send: reference?.send, form: origin?.form,
        address: request.remoteAddress, referer: request.headers[.referer])
      try await jobs.transaction { transaction in
        try await DownloadStore.record(download, in: transaction)
      }
    } catch {
      request.logger.warning("a download was not counted", metadata: ["error": "\(error)"])
    }
  }
}
