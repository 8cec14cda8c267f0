/** What is out of sight costs no layout and no painting; the margin keeps focus rings from being cut. */
export const offscreen = "-mx-2 px-2 [contain-intrinsic-size:auto_48rem] [content-visibility:auto]";
