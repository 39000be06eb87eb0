/** Stands where GraphiQL keeps its picture preview: never shown, never asks for anything. */
export function ImagePreview(): null {
  return null;
}

ImagePreview.shouldRender = (): boolean => false;
