/** How an upload stands: bytes that left the browser, then waiting for the server to finish reading. */
export interface UploadProgress {
  sent: number;
  total: number;
}

/** The upload ended without the server having taken it. The text is for people. */
export class UploadFailed extends Error {
  override readonly name = "UploadFailed";
}

/**
 * Streams a file as the request's body. XMLHttpRequest, because fetch tells nothing of an upload's
 * progress. Resolves when the server has read and stored the file and its receipt stands.
 */
export function uploadFile(
  address: string,
  file: File,
  onProgress: (progress: UploadProgress) => void,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", address);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.upload.onprogress = (event) => onProgress({ sent: event.loaded, total: file.size });
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) resolve();
      else reject(new UploadFailed(`The server refused the upload (${request.status}).`));
    };
    request.onerror = () =>
      reject(new UploadFailed("The connection broke during the upload. Nothing of it was kept."));
    request.onabort = () => reject(new UploadFailed("The upload was stopped."));
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.send(file);
  });
}
