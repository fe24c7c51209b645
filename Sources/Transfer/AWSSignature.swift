/// The keys with which a request is signed by Signature Version 4 of AWS, which other stores of objects take as well.
package struct AWSSignature: Sendable {
  /// The region that the signature names.
  let region: String
  /// The service that the signature names, such as `s3`.
  let service: String
  let accessKey: String
  let secretKey: String

  /// - Parameters:
  ///   - region: The region, such as `eu-central-1`; without colons.
  ///   - service: The service, such as `s3`; without colons.
  ///   - accessKey: The name of the key.
  ///   - secretKey: The key, which never leaves the process.
  package init(region: String, service: String, accessKey: String, secretKey: String) {
    self.region = region
    self.service = service
    self.accessKey = accessKey
    self.secretKey = secretKey
  }

  /// The signature in libcurl's terms.
  var provider: String { "aws:amz:\(region):\(service)" }
}

extension AWSSignature: CustomStringConvertible, CustomReflectable {
  /// Region and service alone: whatever prints a request must not print its key.
  package var description: String { provider }

  /// As the description.
  package var customMirror: Mirror { Mirror(self, children: ["provider": provider]) }
}
