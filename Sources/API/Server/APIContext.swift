import Hummingbird
import Logging
import NIOCore

/// The connection of a request.
struct APIContext: InitializableFromSource {
  let channel: any Channel
  /// A unique text, logged in every line about this request.
  let requestID: String

  init(source: ApplicationRequestContextSource) {
    channel = source.channel
    requestID = source.logger[metadataKey: "hb.request.id"]?.description ?? "-"
  }

  /// The client's address without the port.
  var remoteAddress: String { channel.remoteAddress?.ipAddress ?? "local" }
}
